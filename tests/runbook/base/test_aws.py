"""Which AWS the commands speak to."""

from __future__ import annotations

import pytest

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
