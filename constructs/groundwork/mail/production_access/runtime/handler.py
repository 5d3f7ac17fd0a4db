"""The request to leave the SES sandbox: asked once, and never while AWS decides or has agreed."""

from __future__ import annotations

from typing import Any

import boto3

from . import cloudformation, ses
from .cloudformation import Event

PHYSICAL_ID = "production-access"
SETTLED = ("PENDING", "GRANTED")


def handle(event: Event, context: object) -> None:
    """Serve one request of CloudFormation."""
    cloudformation.answer(event, PHYSICAL_ID, _apply)


def _apply(event: Event) -> None:
    """Ask. What was asked cannot be taken back, so that a deletion leaves all as it is."""
    if event["RequestType"] != "Delete":
        request(
            ses.paced(boto3.client("sesv2", config=ses.PATIENT)),
            event["ResourceProperties"]["Request"],
        )


def request(email: Any, words: dict[str, Any]) -> None:
    """Send the request, unless AWS has one before it or granted it.

    One that AWS refused is sent again when the words in the file change.
    """
    account = email.get_account()
    status = account.get("Details", {}).get("ReviewDetails", {}).get("Status")
    if account.get("ProductionAccessEnabled") or status in SETTLED:
        return
    advice = (
        "AWS took no request for production access: correct mail.production_access in the file."
    )
    with ses.advising(advice):
        try:
            email.put_account_details(**words, ProductionAccessEnabled=True)
        except email.exceptions.ConflictException:
            # AWS says so while it decides on an earlier request.
            return
