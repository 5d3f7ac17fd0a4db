from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from math import ceil
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from groundwork.functions.shared import retry
from groundwork.kit import SERVICE_TIMEOUT
from settings.models.credentials import Credentials
from settings.plan.limits import RESOURCES
from settings.plan.sizes import _key
from tests import sleeping

DENIED = b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
INVALID = b"<ErrorResponse><Error><Code>InvalidInput</Code></Error></ErrorResponse>"
KEYS = b"<ListAccessKeysResponse><ListAccessKeysResult/></ListAccessKeysResponse>"


class Body(BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.read()


def client(*answers: tuple[int, bytes]) -> tuple[Any, list[int]]:
    """Make a client that is given these answers by AWS, and the statuses that it got."""
    made = boto3.client("iam", aws_access_key_id="any", aws_secret_access_key="any")
    left, got = iter(answers), list[int]()

    def answer(**_: object) -> AWSResponse:
        status, body = next(left)
        got.append(status)
        headers: Any = {}
        return AWSResponse("https://iam.example", status, headers, Body(body))

    register: Any = made.meta.events.register
    register("before-send.iam", answer)
    return retry.retry_until_allowed(made), got


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    sleeping.replaced(monkeypatch, seconds.append)
    return seconds


def test_every_call_waits_for_permissions_that_are_not_known_everywhere_yet(
    slept: list[float],
) -> None:
    iam, got = client((403, DENIED), (403, DENIED), (200, KEYS), (403, DENIED), (200, KEYS))
    iam.list_access_keys(UserName="any")
    iam.list_access_keys(UserName="any")
    assert got == [403, 403, 200, 403, 200]
    assert slept == [retry.PAUSE] * 3


def test_all_users_of_a_full_stack_have_keys_in_time_where_lambda_runs_ten_at_once() -> None:
    """A new account runs ten functions at once; each waits for its permission by the half minute.

    <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
    """
    least = 1 + _key(Credentials())
    rounds = ceil(RESOURCES / least / 10)
    assert rounds * retry.PAUSE * retry.TRIES < SERVICE_TIMEOUT.to_seconds()


def test_a_permission_that_never_comes_is_an_error_after_half_a_minute(
    slept: list[float],
) -> None:
    iam, _ = client(*[(403, DENIED)] * 20)
    with pytest.raises(ClientError, match="AccessDenied"):
        iam.list_access_keys(UserName="any")
    assert sum(slept) == 27


def test_other_refusals_are_not_waited_for(slept: list[float]) -> None:
    iam, got = client((400, INVALID))
    with pytest.raises(ClientError, match="InvalidInput"):
        iam.list_access_keys(UserName="any")
    assert (got, slept) == ([400], [])
