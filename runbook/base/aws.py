"""Clients for AWS: made in one place, so that every call retries and answers in the same way."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import boto3
from botocore import exceptions
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from runbook.base.errors import UserError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 8},
    connect_timeout=10,
    # Virtual-hosted bucket names do not resolve on every machine when AWS is the embedded one.
    s3={"addressing_style": "path"},
    user_agent_extra="groundwork",
)


DENIED = frozenset(
    (
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "UnauthorizedOperation",
        "403",
    )
)
"""The names that AWS's services have for one thing."""

SIGN_IN = (
    "Sign in, with `aws sso login` for example. For the embedded AWS: make deploy-local, "
    "and . .local/aws.env"
)
UNSIGNED = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.ConfigParseError,
    exceptions.CredentialRetrievalError,
    exceptions.InvalidConfigError,
    exceptions.LoginError,
    exceptions.MissingDependencyException,
    exceptions.ProfileNotFound,
    exceptions.RefreshWithMFAUnsupportedError,
    exceptions.SSOError,
    exceptions.TokenRetrievalError,
    exceptions.UnknownCredentialError,
)
"""What is raised before AWS is asked: nobody is signed in, or the profile is wrong."""

LOOPBACK = "https://127.0.0.1:"
"""Where the embedded AWS listens."""


class Caller(NamedTuple):
    """Who the credentials belong to."""

    account: str
    arn: str
    id: str
    """AWS's own id of the caller, `aws:userid` in policies: a role's id and the session's name."""


@cache
def cloudformation(region: str) -> CloudFormationClient:
    """Return the region's CloudFormation."""
    return boto3.client("cloudformation", region_name=region, config=CONFIG)


def caller(region: str) -> Caller:
    """Ask AWS who is calling, or say that there are no credentials that work."""
    quick = CONFIG.merge(Config(connect_timeout=3, retries={"total_max_attempts": 2}))
    try:
        identity = boto3.client("sts", region_name=region, config=quick).get_caller_identity()
    except UNSIGNED as error:
        raise unsigned(error) from None
    except BotoCoreError as error:
        raise unreachable(error) from None
    except ClientError as error:
        said = f"AWS refuses the credentials at hand: {reason(error)}"
        raise UserError(said, SIGN_IN) from None
    return Caller(identity["Account"], identity["Arn"], identity["UserId"])


def unsigned(error: Exception) -> UserError:
    """Say that nobody is signed in, and how to."""
    return UserError(f"There are no credentials for AWS: {error}", SIGN_IN)


def unreachable(error: Exception) -> UserError:
    """Say that AWS did not answer, and what may be between."""
    advice = "Check the network, a proxy, and the region in the file."
    return UserError(f"AWS cannot be reached: {error}", advice)


def caller_in(account: str, region: str) -> Caller:
    """Ask AWS who is calling, and make sure that the configuration's account is the one."""
    who = caller(region)
    if who.account != account:
        raise UserError(
            f"The configuration is for account {account}; these credentials are for {who.account}.",
            "Use the credentials of the other account, or name the other file with --config.",
        )
    return who


def is_denied(error: ClientError) -> bool:
    """Tell whether the caller lacks a permission."""
    return code(error) in DENIED


def speaking(who: Caller, region: str) -> str:
    """Say which account is spoken to, as whom, and whether that is the embedded AWS."""
    where = cloudformation(region).meta.endpoint_url
    if where.startswith(LOOPBACK):
        place = f"the embedded AWS at {where}"
    elif where.endswith(".amazonaws.com"):
        place = "AWS"
    else:
        place = f"what answers at {where}"
    return f"account {who.account} as {who.arn}, on {place}"


def announce(who: Caller, region: str) -> None:
    """Say, before anything is changed, where that will be: beside what programs read."""
    print(f"This changes {speaking(who, region)}.", file=sys.stderr)


def embedded_smtp_port() -> int | None:
    """Return this machine's port that stands for SES's SMTP hosts; None where AWS is AWS.

    The embedded AWS answers for every region's host there, which its variables name.
    """
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    if urlsplit(endpoint).hostname not in ("127.0.0.1", "localhost"):
        return None
    port = os.environ.get("EMBEDDED_SMTP_PORT", "")
    if not port.isdigit():
        raise UserError(
            "The embedded AWS's SMTP port is not known in this shell.", "Type: . .local/aws.env"
        )
    return int(port)


def code(error: ClientError) -> str:
    """Return AWS's own name of an error."""
    return str(error.response["Error"]["Code"])


def reason(error: ClientError) -> str:
    """Return what AWS said."""
    return str(error.response["Error"]["Message"])
