"""The addresses of a message that have to be verified.

For SMTP the `Source` is the envelope's sender, which a mail server may fill in by itself.
"""

from __future__ import annotations

from embedded.gaps._ministack import Response, service
from embedded.gaps.gap import Effect, Gap
from embedded.gaps.ses._send import Send, before_sending

GAP = Gap(
    aws=(
        "From, `Source`, Sender and Return-Path have to be verified and, in the sandbox, every "
        "recipient but the mailbox simulator."
    ),
    page="https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html",
    ministack="It looks at one of them: the `Source` or, without one, From.",
    effect=Effect.STRICTER,
)


def install() -> None:
    """Look at all of them."""
    before_sending(_check)


def _check(send: Send) -> Response | None:
    own = [send.sender, send.source, send.header("Sender"), send.feedback]
    for written in filter(None, dict.fromkeys(own)):
        if rejected := service("ses")._message_rejection(written):
            return send.refuse("MessageRejected", rejected)
    rejected = service("ses")._message_rejection("", send.recipients)
    return send.refuse("MessageRejected", rejected) if rejected else None
