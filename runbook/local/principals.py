"""The roles and users that the file names, which an account has without Groundwork.

Those that it trusts must be there before: a trust policy that names one that does not exist is
refused. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
The readers of secrets may come later: their names stand in conditions, which AWS does not look up.
"""

from __future__ import annotations

import json

import boto3

from runbook.base import aws
from settings import Settings


def make(settings: Settings) -> list[str]:
    """Make those of the account that are missing, for whoever holds it; return their names."""
    trusts = settings.access.roles.values() if settings.access else ()
    named = {principal for trust in trusts for principal in trust.principals}
    ours = sorted(name for name in named if name.split(":")[4] == settings.account)
    return [name for name in ours if _make(name, settings.account)]


def make_readers(settings: Settings) -> list[str]:
    """Make those roles that read secrets and that neither the account nor a stack has made."""
    named = {reader for _, readers in settings.readers() for reader in readers}
    return [name for name in sorted(named) if _make(name, settings.account)]


def _make(principal: str, account: str) -> bool:
    """Make a role or user by its ARN, unless it is there; whether it was made."""
    kind, _, path = principal.rpartition(":")[2].partition("/")
    parent, _, name = f"/{path}".rpartition("/")
    iam = boto3.client("iam", config=aws.CONFIG)
    try:
        if kind == "user":
            iam.create_user(UserName=name, Path=f"{parent}/")
        else:
            trust = _trust(account)
            iam.create_role(RoleName=name, Path=f"{parent}/", AssumeRolePolicyDocument=trust)
    except iam.exceptions.EntityAlreadyExistsException:
        return False
    return True


def _trust(account: str) -> str:
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
