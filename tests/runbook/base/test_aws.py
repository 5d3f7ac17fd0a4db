"""Which AWS the commands speak to."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ProxyConnectionError

from runbook.base import aws
from runbook.base.errors import UserError


def test_aws_itself_answers_at_its_own_smtp_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDED_SMTP_PORT", "2500")
    for endpoint in ("", "https://sts.us-east-1.amazonaws.com"):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        assert aws.embedded_smtp_port() is None


def test_the_embedded_aws_answers_at_this_machines_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://127.0.0.1:4566")
    monkeypatch.setenv("EMBEDDED_SMTP_PORT", "2500")
    assert aws.embedded_smtp_port() == 2500
    monkeypatch.delenv("EMBEDDED_SMTP_PORT")
    with pytest.raises(UserError, match=r"aws\.env"):
        aws.embedded_smtp_port()


@pytest.mark.parametrize(
    ("error", "message", "advice"),
    [
        (ProxyConnectionError(proxy_url="http://x"), "AWS cannot be reached: ", "a proxy"),
        (
            ClientError({"Error": {"Code": "ExpiredToken", "Message": "expired"}}, "x"),
            "AWS refuses the credentials at hand: expired",
            "aws sso login",
        ),
    ],
)
def test_whoever_cannot_sign_in_hears_whether_it_is_the_network(
    monkeypatch: pytest.MonkeyPatch, error: Exception, message: str, advice: str
) -> None:
    def fail(*_: Any) -> Any:
        raise error

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    monkeypatch.setattr(BaseClient, "_make_api_call", fail)
    with pytest.raises(UserError) as raised:
        aws.caller("us-east-1")
    assert raised.value.message.startswith(message)
    assert advice in raised.value.advice
