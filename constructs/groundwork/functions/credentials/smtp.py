"""Passwords for SES's SMTP interface, and logging in with one."""

from __future__ import annotations

import base64
import hmac
import smtplib
import ssl

PORT = 587
_VERSION = b"\x04"
_SCOPE = ("11111111", "{region}", "ses", "aws4_request", "SendRawEmail")


def password(secret_access_key: str, region: str) -> str:
    """Derive a region's password: SES never sees the secret access key itself.

    The date in the scope is a constant of the algorithm.
    <https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html#smtp-credentials-convert>
    """
    key = f"AWS4{secret_access_key}".encode()
    for part in _SCOPE:
        key = hmac.digest(key, part.format(region=region).encode(), "sha256")
    return base64.b64encode(_VERSION + key).decode()


def log_in(host: str, port: int, username: str, secret: str) -> None:
    """Log in over TLS and leave. Raise `smtplib.SMTPException` or `OSError` when it is refused."""
    with smtplib.SMTP(host, port, timeout=20) as connection:
        connection.starttls(context=ssl.create_default_context())
        connection.login(username, secret)
