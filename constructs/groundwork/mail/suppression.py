"""The suppression list of the account."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from groundwork.kit import SettingFunction
from groundwork.mail.account_calls import allow_account_calls
from settings.contract import CustomType


class AccountSuppression(Construct):
    """Sets what puts a recipient on the account's suppression list in the stack's region.

    A configuration set that says otherwise overrules it for its own mail. When the stack goes,
    the setting that was there before is put back; the addresses on the list are never touched.
    <https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html>
    """

    def __init__(self, scope: Construct, construct_id: str, *, reasons: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        function = SettingFunction(
            self,
            "function",
            runs="suppression",
            description="Sets what puts a recipient on the suppression list",
        )
        allow_account_calls(function, "GetAccount", "PutAccountSuppressionAttributes")
        function.setting(
            self,
            "reasons",
            resource_type=CustomType.ACCOUNT_SUPPRESSION,
            properties={
                "Reasons": sorted(reason.upper() for reason in reasons),
            },
        )
