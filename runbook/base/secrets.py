"""Secrets, read as the caller or as one of the roles that the file names as their readers."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.errors import UserError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

SESSION_SECONDS = 900
"""The shortest that STS takes."""


def read(arn: str, readers: Sequence[str]) -> dict[str, object]:
    """Return what a secret holds, or say who may read it.

    It is read as the caller. Whoever is refused may still assume the role of a reader, if its trust
    policy says so: then it is read in a session of that role, which is named after the caller and
    can read this secret and nothing else.
    <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>
    """
    region = arn.split(":")[3]
    try:
        return _value(boto3.client("secretsmanager", region_name=region, config=aws.CONFIG), arn)
    except ClientError as error:
        if not aws.is_denied(error):
            raise UserError(f"The secret cannot be read: {aws.reason(error)}") from None
        refused = error
    session = session_name(aws.caller(region).arn) if readers else ""
    for reader in readers:
        try:
            value = _value(_assumed(reader, arn, session), arn)
        except ClientError:
            continue
        print(f"The secret is read as {_name(reader)}.", file=sys.stderr)
        return value
    raise UserError(f"The secret cannot be read: {aws.reason(refused)}", _advice(readers))


def _value(client: SecretsManagerClient, arn: str) -> dict[str, object]:
    return dict(json.loads(client.get_secret_value(SecretId=arn)["SecretString"]))


def session_name(arn: str) -> str:
    """Return the caller's name, as STS takes it for a session: CloudTrail shows the role by it."""
    name = re.sub(r"[^A-Za-z0-9_+=,.@-]", "-", re.split("[:/]", arn)[-1])
    return name[:64].ljust(2, "-")


def _assumed(role: str, arn: str, session: str) -> SecretsManagerClient:
    """Take a session of a role, for one secret."""
    region = arn.split(":")[3]
    sts = boto3.client("sts", region_name=region, config=aws.CONFIG)
    made = sts.assume_role(
        RoleArn=role,
        RoleSessionName=session,
        DurationSeconds=SESSION_SECONDS,
        Policy=json.dumps(_only(arn, region)),
    )["Credentials"]
    return boto3.client(
        "secretsmanager",
        region_name=region,
        config=aws.CONFIG,
        aws_access_key_id=made["AccessKeyId"],
        aws_secret_access_key=made["SecretAccessKey"],
        aws_session_token=made["SessionToken"],
    )


def _only(arn: str, region: str) -> dict[str, object]:
    """Allow what reads a secret, also one under a key of the account's own."""
    decrypted = {"StringEquals": {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arn},
            {
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": "*",
                "Condition": decrypted,
            },
        ],
    }


def _advice(readers: Sequence[str]) -> str:
    if not readers:
        return (
            "The file names no role that may read it: add one under credentials.readers, or under "
            "readers of a database, and have that approved."
        )
    names = ", ".join(_name(reader) for reader in readers)
    return (
        "Only the roles that the file names, under credentials.readers or readers of a database, "
        f"may: {names}. Sign in as one, or let its trust policy name whoever calls."
    )


def _name(role: str) -> str:
    return role.rpartition(":")[2]
