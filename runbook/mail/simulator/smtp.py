"""Sending as a sender's application does: SMTP with STARTTLS, and the sender's own password.

<https://docs.aws.amazon.com/ses/latest/dg/send-email-smtp.html>
"""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from runbook.base.errors import UserError
from runbook.credentials.values import SYSTEM, Smtp

SECONDS = 30
"""How long a host may take to answer."""
THROTTLED = 454
TRIES = 6
"""The sandbox takes one message a second."""


@dataclass(frozen=True)
class Sent:
    """What the host answered to a message: its id, or why it was refused."""

    message_id: str = ""
    refusal: str = ""


@contextmanager
def connected(relay: Smtp, trust: str = SYSTEM) -> Iterator[smtplib.SMTP]:
    """Connect, encrypt and log in; say which of these failed. `trust` is as a secret has it."""
    certificates = None if trust == SYSTEM else trust
    try:
        with smtplib.SMTP(relay.host, relay.port, timeout=SECONDS) as client:
            client.starttls(context=ssl.create_default_context(cafile=certificates))
            client.login(relay.username, relay.password)
            yield client
    except smtplib.SMTPAuthenticationError as error:
        raise UserError(
            f"SES refuses the sender's user name and password: {_text(error.smtp_error)}",
            "Its key is inactive or deleted. Raise credentials.version in the file, and deploy.",
        ) from None
    except (OSError, smtplib.SMTPException) as error:
        raise UserError(
            f"SES's SMTP host {relay.host}:{relay.port} cannot be used from here: {error}",
            "A firewall may be between. SES listens on 587, 2587 and 465; and on 25, which many "
            "networks close.",
        ) from None


def send(client: smtplib.SMTP, envelope: str, message: EmailMessage) -> Sent:
    """Send a message to the address in its To header; wait a little where SES asks for it."""
    data, recipient = message.as_bytes(policy=SMTP), str(message["To"])
    for _ in range(TRIES):
        code, answer = _deliver(client, envelope, recipient, data)
        if code != THROTTLED:
            break
        time.sleep(1)
    if code != 250:
        return Sent(refusal=f"{code} {answer}")
    return Sent(message_id=answer.removeprefix("Ok").strip())


def _deliver(client: smtplib.SMTP, envelope: str, recipient: str, data: bytes) -> tuple[int, str]:
    """Return the first answer that is no, or the one to the message."""
    client.rset()
    for code, answer in (client.mail(envelope), client.rcpt(recipient)):
        if code >= 400:
            return code, _text(answer)
    try:
        code, answer = client.data(data)
    except smtplib.SMTPDataError as error:
        return error.smtp_code, _text(error.smtp_error)
    return code, _text(answer)


def _text(answer: bytes | str) -> str:
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return " ".join(words.split())
