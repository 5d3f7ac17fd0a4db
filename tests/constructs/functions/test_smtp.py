from __future__ import annotations

import smtplib

import pytest

from groundwork.functions.credentials import smtp


@pytest.mark.parametrize(
    ("secret", "region", "password"),
    [
        ("some+secret+key", "eu-central-1", "BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2"),
        ("another+secret+key", "us-west-1", "BKVmjjMDFk/qqw8EROW99bjCS65PF8WKvK5bSr4Y6EqF"),
    ],
)
def test_the_password_is_the_published_one(secret: str, region: str, password: str) -> None:
    assert smtp.password(secret, region) == password


def test_the_password_is_sent_only_after_tls_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    class Connection:
        def __init__(self, host: str, port: int, timeout: float) -> None:
            said.append(f"{host}:{port}")

        def __enter__(self) -> Connection:
            return self

        def __exit__(self, *_: object) -> None:
            said.append("bye")

        def starttls(self, context: object) -> None:
            said.append("tls")

        def login(self, user: str, secret: str) -> None:
            said.append(f"{user} {secret}")

    monkeypatch.setattr(smtplib, "SMTP", Connection)
    smtp.log_in("host", 587, "AKIA", "hidden")
    assert said == ["host:587", "tls", "AKIA hidden", "bye"]
