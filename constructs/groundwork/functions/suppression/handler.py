"""What puts a recipient on the suppression list of the account in one region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

import boto3

from ..shared import cloudformation, ses, setting
from ..shared.cloudformation import Event
from ..shared.retry import retry_until_allowed
from ..shared.setting import SettingProperties

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.literals import SuppressionListReasonType as Reason


class Properties(SettingProperties):
    """What the request asks for."""

    Reasons: list[Reason]


class State(TypedDict):
    """The reasons that were set."""

    reasons: list[Reason]


PHYSICAL_ID = "account-suppression"


def handle(event: Event[Properties], context: object) -> None:
    """Serve one request of CloudFormation."""
    cloudformation.answer(event, PHYSICAL_ID, _apply)


def _apply(event: Event[Properties]) -> None:
    email = retry_until_allowed(ses.rate_limited(boto3.client("sesv2", config=ses.RETRIES)))
    setting.handle(event, SuppressedReasons(email, event["ResourceProperties"]["Reasons"]))


class SuppressedReasons:
    """The account's reasons for suppression. No reasons disable the list."""

    def __init__(self, email: SESV2Client, reasons: Sequence[Reason]) -> None:
        self.email, self.reasons = email, [*reasons]

    def read(self) -> State:
        """Return the reasons that are set."""
        return {"reasons": self._read()}

    def apply(self) -> None:
        """Set ours."""
        self.email.put_account_suppression_attributes(SuppressedReasons=self.reasons)

    def restore(self, state: State) -> None:
        """Put back the reasons that were set, if ours are still there."""
        if self._read() == sorted(self.reasons):
            self.email.put_account_suppression_attributes(SuppressedReasons=state["reasons"])

    def _read(self) -> list[Reason]:
        return sorted(
            self.email.get_account().get("SuppressionAttributes", {}).get("SuppressedReasons", [])
        )
