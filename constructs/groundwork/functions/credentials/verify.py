"""Authenticating with a new key before anybody is given it."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from functools import partial

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from ..shared.cloudformation import Failure
from ..shared.retry import retry
from . import smtp
from .secret import Value

TRIES = 15
REFUSED = (ClientError, BotoCoreError, smtplib.SMTPException, OSError)


def can_authenticate(value: Value) -> None:
    """Show that AWS accepts the key, by the one call that needs no permission."""
    client = boto3.client(
        "sts",
        region_name=value["region"],
        aws_access_key_id=value["access_key_id"],
        aws_secret_access_key=value["secret_access_key"],
    )
    refusal = f"AWS does not accept the new key of {value['user']}"
    _retry_or_fail(client.get_caller_identity, refusal)


def can_send(value: Value) -> None:
    """Show that the key does what it is for: SMTP in every region of a sender."""
    can_authenticate(value)
    for place in value.get("regions", {}).values():
        names = ("host", "port", "username", "password")
        log_in = partial(smtp.log_in, *(place[name] for name in names))
        refusal = f"{place['host']} does not accept the new password of {value['user']}"
        _retry_or_fail(log_in, refusal)


def _retry_or_fail(attempt: Callable[[], object], refusal: str) -> None:
    try:
        retry(attempt, TRIES, REFUSED)
    except REFUSED as error:
        raise Failure(f"{refusal}: {type(error).__name__}") from None
