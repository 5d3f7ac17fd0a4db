"""Where Lambda enters: for CloudFormation, or for a step of Secrets Manager's rotation."""

from __future__ import annotations

from typing import TypedDict, cast

import boto3

from ..shared import cloudformation
from ..shared.cloudformation import Event, Failure
from ..shared.retry import retry_until_allowed
from . import renewal, verify
from .access_keys import AccessKeys
from .rotation import rotate
from .secret import CURRENT, Secret, Value


class RotationEvent(TypedDict):
    """A step of a rotation, as Secrets Manager asks for it."""

    Step: str
    SecretId: str
    ClientRequestToken: str


class Properties(TypedDict):
    """What a request of CloudFormation asks for."""

    User: str
    Secret: str
    Version: str
    Template: Value


def handle(event: Event[Properties] | RotationEvent, context: object) -> None:
    """Serve one request."""
    if "Step" in event:
        _rotate(cast("RotationEvent", event))
    else:
        cloudformation.answer(event, event["ResourceProperties"]["User"], _apply)


def _apply(event: Event[Properties]) -> None:
    properties = event["ResourceProperties"]
    keys = _keys_of(properties["User"])
    secret = _secret(properties["Secret"])
    if event["RequestType"] == "Delete":
        stacks = retry_until_allowed(boto3.client("cloudformation"))
        rolled_back = cloudformation.is_rolled_back(stacks, event["StackId"])
        renewal.remove(keys, secret, is_rolled_back=rolled_back)
        return
    template = {
        "user": properties["User"],
        "version": int(properties["Version"]),
        **properties["Template"],
    }
    renewal.apply(keys, secret, template, event["RequestId"], verify.can_authenticate)


def _rotate(event: RotationEvent) -> None:
    secret = _secret(event["SecretId"])
    current = secret.read(CURRENT)
    if not current:
        raise Failure("The secret has no value yet")
    keys = _keys_of(current["user"])
    rotate(event["Step"], keys, secret, event["ClientRequestToken"], verify.can_send)


def _keys_of(user: str) -> AccessKeys:
    return AccessKeys(retry_until_allowed(boto3.client("iam")), user)


def _secret(arn: str) -> Secret:
    return Secret(retry_until_allowed(boto3.client("secretsmanager")), arn)
