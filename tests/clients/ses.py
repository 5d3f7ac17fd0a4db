"""What a relay meets at SES: the greeting over TLS, the log-in, and a rate that it may not pass."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

THROTTLED = "454 Throttling failure: Maximum sending rate exceeded."
UNVERIFIED = "554 Message rejected: Email address is not verified."


@dataclass
class Ses:
    """Takes mail for one domain's senders from who knows the password, at a rate."""

    username: str
    password: str
    domain: str
    rate: int
    """Recipients in a second."""
    port: int
    accepted: list[tuple[str, str, str]] = field(default_factory=list)
    """Envelope sender, recipient and content of each message."""
    refused: list[str] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        """Take the one user name with its password."""
        assert isinstance(data, LoginPassword)
        known = (self.username.encode(), self.password.encode())
        return AuthResult(success=(data.login, data.password) == known, handled=False)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse a message without an envelope sender, as SES does."""
        if address in ("", "<>"):
            return "501 Invalid MAIL FROM address provided"
        envelope.mail_from = address
        return "250 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Count recipients in the last second, as SES does, and look at the envelope sender."""
        now = monotonic()
        self.arrivals = [at for at in self.arrivals if now - at < 1.0]
        self.arrivals += [now] * len(envelope.rcpt_tos)
        reply = "250 Ok"
        if not (envelope.mail_from or "").endswith(f"@{self.domain}"):
            reply = UNVERIFIED
        elif len(self.arrivals) > self.rate:
            reply = THROTTLED
        if reply != "250 Ok":
            self.refused.append(reply)
            return reply
        content = bytes(envelope.original_content or b"").decode()
        self.accepted += [(envelope.mail_from or "", to, content) for to in envelope.rcpt_tos]
        return reply


def encrypted(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return a server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@contextmanager
def listening(ses: Ses, certificate: Path, key: Path, *, implicit: bool = False) -> Iterator[Ses]:
    """Serve on its port, with STARTTLS or with TLS from the first byte."""
    context = encrypted(certificate, key)
    controller = Controller(
        ses,
        hostname="127.0.0.1",
        port=ses.port,
        server_hostname="email-smtp.amazonaws.com",
        ready_timeout=30,
        tls_context=None if implicit else context,
        ssl_context=context if implicit else None,
        require_starttls=not implicit,
        # Over TLS from the first byte, aiosmtpd believes that there is none.
        auth_required=not implicit,
        auth_require_tls=not implicit,
        authenticator=ses.authenticate,
    )
    controller.start()
    try:
        yield ses
    finally:
        controller.stop()
