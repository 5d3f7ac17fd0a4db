"""SES's SMTP interface, so that a sender's whole path can be tried with the clients that it has.

A client logs in as on AWS: after STARTTLS, with the id of an access key and the password derived
from its secret. Each message becomes a `ses:SendRawEmail` signed with that key, so that IAM judges
it as it does every other call. One port stands for the hosts of all regions: a password is good for
one of them, and that is where its messages go.
<https://docs.aws.amazon.com/ses/latest/dg/send-email-smtp.html>
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import os
import re
import ssl
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import boto3
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from embedded.gaps._ministack import iam_evaluator

READY_SECONDS = 30.0
# Whoever sends decides about trying again.
ONCE = Config(retries={"total_max_attempts": 1})
BAD_LOGIN = "535 Authentication Credentials Invalid"
UNAVAILABLE = "451 Temporary service failure"


@dataclass(frozen=True)
class Login:
    """The access key that a client showed to have, and the region that its password is for."""

    key: str
    secret: str = field(repr=False)
    region: str


class Server(SMTP):
    """Takes the AUTH parameter of MAIL, as Exim sends it; aiosmtpd knows none.

    <https://www.rfc-editor.org/rfc/rfc4954#section-5>
    """

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        """Leave the parameter out, as whoever is trusted less than another mail server may."""
        await super().smtp_MAIL(re.sub(r"(?i) AUTH=\S+", "", arg) if arg else arg)


class Listener(Controller):
    """Serves connections by `Server`."""

    def factory(self) -> Server:
        """Return what serves one connection."""
        return Server(self.handler, **self.SMTP_kwargs)


def listen() -> None:
    """Serve in a thread of its own, as long as the process lives, as the environment says."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.environ["MINISTACK_SSL_CERT"], os.environ["MINISTACK_SSL_KEY"])
    Listener(
        Messages(),
        hostname=os.environ["BIND_HOST"],
        port=int(os.environ["EMBEDDED_SMTP_PORT"]),
        ready_timeout=READY_SECONDS,
        server_hostname="email-smtp.amazonaws.com",
        ident="ESMTP SimpleEmailService-embedded",
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=authenticate,
        enable_SMTPUTF8=False,
    ).start()


def authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, shown: LoginPassword
) -> AuthResult:
    """Take an active key of a user with its password for any region; refuse all else alike."""
    key = shown.login.decode(errors="replace")
    secret = _secret_of(key)
    for region in _regions() if secret else ():
        if hmac.compare_digest(password(secret, region).encode(), shown.password):
            return AuthResult(success=True, auth_data=Login(key, secret, region))
    return AuthResult(success=False, handled=False, message=BAD_LOGIN)


def password(secret: str, region: str) -> str:
    """Derive the SMTP password of a secret access key for a region.

    <https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html#smtp-credentials-convert>
    """
    signature = b"AWS4" + secret.encode()
    for message in ("11111111", region, "ses", "aws4_request", "SendRawEmail"):
        signature = hmac.new(signature, message.encode(), "sha256").digest()
    return base64.b64encode(b"\x04" + signature).decode()


def _secret_of(key: str) -> str:
    """The secret of a user's active key; nothing for a role's or the account's own: SES neither."""
    account = iam_evaluator.find_iam_access_key_account(key)
    found = iam_evaluator.resolve_credential(key, account) if account else None
    return str(getattr(found, "secret_access_key", ""))


@cache
def _regions() -> list[str]:
    # EC2 is everywhere; botocore's list for SES leaves out the newest.
    return boto3.Session().get_available_regions("ec2")


class Messages:
    """What becomes of a message once a client has delivered it."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Send it through the API, without holding up other clients."""
        login: Any = session.auth_data
        return await asyncio.to_thread(_send, login, envelope)


@lru_cache(maxsize=32)
def _ses(login: Login) -> Any:
    """Return a client with a key. To make one takes longer than to send a message."""
    return boto3.Session().client(
        "ses",
        region_name=login.region,
        aws_access_key_id=login.key,
        aws_secret_access_key=login.secret,
        config=ONCE,
    )


def _send(login: Login, envelope: Envelope) -> str:
    """Send with the client's own key; SES's reply."""
    try:
        sent = _ses(login).send_raw_email(
            Source=envelope.mail_from or "",
            Destinations=envelope.rcpt_tos,
            RawMessage={"Data": envelope.original_content or b""},
        )
    except ClientError as error:
        refused = error.response["Error"]
        return refusal(refused["Code"], " ".join(refused["Message"].split()))
    except BotoCoreError:
        return UNAVAILABLE
    return f"250 Ok {sent['MessageId']}"


def refusal(code: str, message: str) -> str:
    """The reply for an error of the API.

    <https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html#troubleshoot-smtp-response-codes>
    """
    if code.startswith("AccessDenied"):
        plain = re.sub(r"(User|perform|resource): (\S+)", r"\1 `\2'", message)
        return f"554 Access denied: {plain}"
    if code == "MessageRejected":
        return f"554 Message rejected: {message}"
    if code.startswith("Throttling"):
        return f"454 Throttling failure: {message}"
    return f"554 Transaction failed: {message}"
