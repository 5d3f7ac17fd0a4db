"""The one receipt rule set of an account and region that is active."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import boto3

from ..shared import cloudformation, ses, setting
from ..shared.cloudformation import Event
from ..shared.retry import retry_until_allowed
from ..shared.setting import SettingProperties

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient


class Properties(SettingProperties):
    """What the request asks for."""

    RuleSet: str


class State(TypedDict):
    """The name of the set that was active."""

    active: str | None


PHYSICAL_ID = "active-receipt-rule-set"


def handle(event: Event[Properties], context: object) -> None:
    """Serve one request of CloudFormation."""
    cloudformation.answer(event, PHYSICAL_ID, _apply)


def _apply(event: Event[Properties]) -> None:
    email = retry_until_allowed(ses.rate_limited(boto3.client("ses", config=ses.RETRIES)))
    setting.handle(event, ActiveRuleSet(email, event["ResourceProperties"]["RuleSet"]))


class ActiveRuleSet:
    """Our receipt rule set as the active one."""

    def __init__(self, email: SESClient, name: str) -> None:
        self.email, self.name = email, name

    def read(self) -> State:
        """Return the name of the set that is active, unless it is ours."""
        active = self._active()
        return {"active": None if active == self.name else active}

    def apply(self) -> None:
        """Make ours the active one."""
        with ses.explain_refusal(f"The receipt rule set {self.name} could not be activated."):
            self.email.set_active_receipt_rule_set(RuleSetName=self.name)

    def restore(self, state: State) -> None:
        """Activate the one before, if it still exists; a set that somebody activated since stays.

        SES deactivates every rule set where no name is given.
        """
        if self._active() != self.name:
            return
        before = state["active"]
        if before and self._exists(before):
            self.email.set_active_receipt_rule_set(RuleSetName=before)
        else:
            self.email.set_active_receipt_rule_set()

    def _active(self) -> str | None:
        found = self.email.describe_active_receipt_rule_set()
        return found.get("Metadata", {}).get("Name")

    def _exists(self, name: str) -> bool:
        try:
            self.email.describe_receipt_rule_set(RuleSetName=name)
        except self.email.exceptions.RuleSetDoesNotExistException:
            return False
        return True
