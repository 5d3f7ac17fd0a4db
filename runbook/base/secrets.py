"""Secrets, read as whoever calls: only the readers that the file names may."""

from __future__ import annotations

import json

import boto3
from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.errors import UserError


def read(arn: str) -> dict[str, object]:
    """Return what a secret holds, or say who may read it."""
    client = boto3.client("secretsmanager", region_name=arn.split(":")[3], config=aws.CONFIG)
    try:
        return dict(json.loads(client.get_secret_value(SecretId=arn)["SecretString"]))
    except ClientError as error:
        raise UserError(
            f"The secret cannot be read: {aws.reason(error)}",
            "Only the roles that the file names under credentials.readers may read a key.",
        ) from None
