"""The request to leave the SES sandbox: sent once, and never while AWS decides or has agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import boto3

from ..shared import cloudformation, ses
from ..shared.cloudformation import Event
from ..shared.retry import retry_until_allowed

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import PutAccountDetailsRequestTypeDef

PHYSICAL_ID = "production-access"
SETTLED = ("PENDING", "GRANTED")


class Properties(TypedDict):
    """What the request asks for."""

    Request: PutAccountDetailsRequestTypeDef


def handle(event: Event[Properties], context: object) -> None:
    """Serve one request of CloudFormation."""
    cloudformation.answer(event, PHYSICAL_ID, _apply)


def _apply(event: Event[Properties]) -> None:
    """Send the request. It cannot be taken back, so that a deletion leaves all as it is."""
    if event["RequestType"] != "Delete":
        email = retry_until_allowed(ses.rate_limited(boto3.client("sesv2", config=ses.RETRIES)))
        request(email, event["ResourceProperties"]["Request"])


def request(email: SESV2Client, details: PutAccountDetailsRequestTypeDef) -> None:
    """Send the request, unless AWS has one before it or granted it.

    One that AWS refused is sent again when its details in the file change.
    """
    account = email.get_account()
    status = account.get("Details", {}).get("ReviewDetails", {}).get("Status")
    if account.get("ProductionAccessEnabled") or status in SETTLED:
        return
    asked: PutAccountDetailsRequestTypeDef = {**details, "ProductionAccessEnabled": True}
    advice = "AWS did not accept the request: correct mail.production_access in the file."
    with ses.explain_refusal(advice):
        try:
            email.put_account_details(**asked)
        except email.exceptions.ConflictException:
            # AWS says so while it decides on an earlier request.
            return
