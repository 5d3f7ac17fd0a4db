"""Logging in with a new key before anybody is given it."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from functools import partial

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from . import smtp
from .cloudformation import Failure
from .patience import patiently
from .secret import Value

TRIES = 15
REFUSED = (ClientError, BotoCoreError, smtplib.SMTPException, OSError)


def signs_in(value: Value) -> None:
    """Show that AWS takes the key, by the one call that needs no permission."""
    client = boto3.client(
        "sts",
        region_name=value["region"],
        aws_access_key_id=value["access_key_id"],
        aws_secret_access_key=value["secret_access_key"],
    )
    _insist(client.get_caller_identity, f"AWS does not take the new key of {value['user']}")


def logs_in(value: Value) -> None:
    """Show that the key does what it is for: SMTP in every region of a sender."""
    signs_in(value)
    for place in value.get("regions", {}).values():
        names = ("host", "port", "username", "password")
        _insist(
            partial(smtp.log_in, *(place[name] for name in names)),
            f"{place['host']} does not take the new password of {value['user']}",
        )


def _insist(attempt: Callable[[], object], complaint: str) -> None:
    try:
        patiently(attempt, TRIES, lambda error: isinstance(error, REFUSED))
    except REFUSED as error:
        raise Failure(f"{complaint}: {type(error).__name__}") from None
