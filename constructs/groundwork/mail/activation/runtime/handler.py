"""The one receipt rule set of an account and region that is active."""

from __future__ import annotations

from typing import Any

import boto3

from . import cloudformation, ses
from .cloudformation import Event
from .memory import Memory

PHYSICAL_ID = "active-receipt-rule-set"


def handle(event: Event, context: object) -> None:
    """Serve one request of CloudFormation."""
    cloudformation.answer(event, PHYSICAL_ID, _apply)


def _apply(event: Event) -> None:
    properties = event["ResourceProperties"]
    memory = Memory(boto3.client("ssm"), properties["Memory"])
    email = ses.paced(boto3.client("ses", config=ses.PATIENT))
    ours = properties["RuleSet"]
    if event["RequestType"] == "Delete":
        give_way(email, memory, ours)
    else:
        activate(email, memory, ours)


def activate(email: Any, memory: Memory, ours: str) -> None:
    """Make our rule set the active one, and remember which one was."""
    before = active(email)
    memory.keep({"active": None if before == ours else before})
    with ses.advising(f"The receipt rule set {ours} could not be made the active one."):
        email.set_active_receipt_rule_set(RuleSetName=ours)


def give_way(email: Any, memory: Memory, ours: str) -> None:
    """Make the one active that was before, if it still exists, or none.

    A rule set that somebody activated in the meantime stays active.
    """
    before = memory.recall()
    if before is not None and active(email) == ours:
        name = before["active"]
        named = {"RuleSetName": name} if name and exists(email, name) else {}
        email.set_active_receipt_rule_set(**named)
    memory.forget()


def active(email: Any) -> str | None:
    """Return the name of the active rule set."""
    name = email.describe_active_receipt_rule_set().get("Metadata", {}).get("Name")
    return str(name) if name else None


def exists(email: Any, name: str) -> bool:
    """Say whether there is a rule set of that name."""
    try:
        email.describe_receipt_rule_set(RuleSetName=name)
    except email.exceptions.RuleSetDoesNotExistException:
        return False
    return True
