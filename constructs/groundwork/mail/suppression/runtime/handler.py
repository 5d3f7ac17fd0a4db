"""What puts a recipient on the suppression list of the account in one region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import boto3

from . import cloudformation, ses
from .cloudformation import Event
from .memory import Memory

PHYSICAL_ID = "account-suppression"


def handle(event: Event, context: object) -> None:
    """Serve one request of CloudFormation."""
    cloudformation.answer(event, PHYSICAL_ID, _apply)


def _apply(event: Event) -> None:
    properties = event["ResourceProperties"]
    memory = Memory(boto3.client("ssm"), properties["Memory"])
    email = ses.paced(boto3.client("sesv2", config=ses.PATIENT))
    reasons = properties["Reasons"]
    if event["RequestType"] == "Delete":
        restore(email, memory, reasons)
    else:
        suppress(email, memory, reasons)


def suppress(email: Any, memory: Memory, reasons: Sequence[str]) -> None:
    """Set the reasons, and remember those that were set. No reasons disable the list."""
    memory.keep({"reasons": read(email)})
    email.put_account_suppression_attributes(SuppressedReasons=[*reasons])


def restore(email: Any, memory: Memory, reasons: Sequence[str]) -> None:
    """Put back the reasons that were set, if ours are still there."""
    before = memory.recall()
    if before is not None and read(email) == sorted(reasons):
        email.put_account_suppression_attributes(SuppressedReasons=before["reasons"])
    memory.forget()


def read(email: Any) -> list[str]:
    """Return the reasons that are set, in order."""
    return sorted(email.get_account().get("SuppressionAttributes", {}).get("SuppressedReasons", []))
