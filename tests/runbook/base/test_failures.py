"""Everything that can go wrong around a command has one message."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from botocore import exceptions as aws
from botocore.exceptions import ClientError

from runbook.base.errors import UserError
from runbook.base.failures import explain


def refused(code: str) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "as AWS says"}}
    return ClientError(answer, "GetSecretValue")


@pytest.mark.parametrize(
    ("error", "message", "advice"),
    [
        (aws.NoCredentialsError(), "There are no credentials for AWS", "Sign in"),
        (aws.ProfileNotFound(profile="work"), "work", "Sign in"),
        (aws.TokenRetrievalError(provider="sso", error_msg="x"), "no credentials", "aws sso login"),
        (aws.LoginRefreshRequired(), "reauthenticate using 'aws login'", "Sign in"),
        (aws.InvalidConfigError(error_msg="no source_profile"), "no credentials", "Sign in"),
        (aws.EndpointConnectionError(endpoint_url="https://x"), "cannot be reached", "network"),
        (aws.ConnectTimeoutError(endpoint_url="https://x"), "cannot be reached", "proxy"),
        (refused("ExpiredToken"), "AWS refuses GetSecretValue: as AWS says", "credentials expired"),
        (refused("InvalidClientTokenId"), "as AWS says", "region is not enabled"),
        (refused("ThrottlingException"), "as AWS says", "Try again in a minute"),
        (refused("AccessDenied"), "as AWS says", "another role"),
        (refused("Unheard"), "AWS refuses GetSecretValue: as AWS says", ""),
        (
            FileNotFoundError(errno.ENOENT, "x", "/none/x.html"),
            "/none/x.html: No such file",
            "path",
        ),
        (PermissionError(errno.EACCES, "x", "/root/x"), "/root/x: Permission denied", "may read"),
        (OSError(errno.ENOSPC, "x"), "No space left", "Free some space"),
        (KeyError("x"), "Groundwork made a mistake: KeyError", "report"),
        (UserError("mine", "do"), "mine", "do"),
    ],
)
def test_an_error_is_explained(error: Exception, message: str, advice: str) -> None:
    found = explain(error)
    assert message in found.message
    assert advice in found.advice
