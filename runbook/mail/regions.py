"""The regions in which the file declares mail, and SES there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3

from runbook.base import aws
from runbook.base.errors import UserError
from settings.plan import plans
from settings.values.areas import Area

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sesv2 import SESV2Client

    from settings import Settings


def of_mail(settings: Settings) -> list[str]:
    """Return the regions of the file's mail, or say that it declares none."""
    found = sorted({plan.region for plan in plans(settings) if plan.id.area is Area.MAIL})
    if not found:
        raise UserError("The file declares no mail.", "docs/mail.md shows how to add a domain.")
    return found


def sesv2(region: str) -> SESV2Client:
    """Return a region's SES by its newer API, which has the account, identities and suppression."""
    return boto3.client("sesv2", region_name=region, config=aws.CONFIG)


def ses(region: str) -> SESClient:
    """Return a region's SES by its first API, which has feedback, receiving and verification."""
    return boto3.client("ses", region_name=region, config=aws.CONFIG)
