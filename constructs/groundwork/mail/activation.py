"""The receipt rule set that is active: one in an account and region."""

from __future__ import annotations

from constructs import Construct

from groundwork.kit import SettingFunction
from groundwork.mail.account_calls import allow_account_calls
from groundwork.mail.receiving import Receiving
from settings.contract import CustomType


class RuleSetActivation(Construct):
    """Makes our receipt rule set the active one, once it has its rules.

    When it leaves the file, the set that was active before is active again, if it still exists; a
    set that somebody activated in the meantime is left alone.
    <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-concepts.html>
    """

    def __init__(self, scope: Construct, construct_id: str, *, receiving: Receiving) -> None:
        super().__init__(scope, construct_id)
        function = SettingFunction(
            self,
            "function",
            runs="activation",
            description="Makes the receipt rule set the active one",
        )
        allow_account_calls(
            function,
            "DescribeActiveReceiptRuleSet",
            "DescribeReceiptRuleSet",
            "SetActiveReceiptRuleSet",
        )
        active = function.setting(
            self,
            "active-rule-set",
            resource_type=CustomType.ACTIVE_RULE_SET,
            properties={
                "RuleSet": receiving.rule_set.ref,
            },
        )
        active.node.add_dependency(receiving)
