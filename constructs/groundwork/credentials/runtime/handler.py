"""Where Lambda enters: for CloudFormation, or for a step of Secrets Manager's rotation."""

from __future__ import annotations

from typing import Any

import boto3

from . import cloudformation, proof, renewal
from .access_keys import AccessKeys
from .cloudformation import Event, Failure
from .patience import until_allowed
from .rotation import rotate
from .secret import CURRENT, Secret


def handle(event: Event, context: object) -> None:
    """Serve one request."""
    if "Step" in event:
        _rotate(event)
    else:
        cloudformation.answer(event, event["ResourceProperties"]["User"], _apply)


def _apply(event: Event) -> None:
    properties: dict[str, Any] = event["ResourceProperties"]
    keys = AccessKeys(boto3.client("iam"), properties["User"])
    if event["RequestType"] == "Delete":
        renewal.remove(keys)
        return
    until_allowed(keys.ids)
    secret = Secret(boto3.client("secretsmanager"), properties["Secret"])
    form = {"user": properties["User"], "version": int(properties["Version"]), **properties["Form"]}
    renewal.apply(keys, secret, form, event["RequestId"], proof.signs_in)


def _rotate(event: Event) -> None:
    secret = Secret(boto3.client("secretsmanager"), event["SecretId"])
    current = secret.read(CURRENT)
    if not current:
        raise Failure("The secret has no value yet")
    keys = AccessKeys(boto3.client("iam"), current["user"])
    rotate(event["Step"], keys, secret, event["ClientRequestToken"], proof.logs_in)
