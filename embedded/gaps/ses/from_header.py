"""The From header of a raw message.

For SMTP the `Source` is the envelope's sender, which a mail server may fill in by itself.
"""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import Response, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="Both the `Source` and the From header have to be verified.",
    page="https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html",
    ministack="Where there is a `Source`, any From header passes.",
    effect=Effect.STRICTER,
)


def install() -> None:
    """Look at the From header as well."""
    ses = service("ses")
    pristine = ses._send_raw_email

    def send_raw_email(params: Any) -> Response:
        header = ses._parse_raw_mime(ses._p(params, "RawMessage.Data")).get("From", "")
        rejected = ses._message_rejection(header) if ses._p(params, "Source") else None
        response: Response = (
            ses._error("MessageRejected", rejected, 400) if rejected else pristine(params)
        )
        return response

    ses._send_raw_email = send_raw_email
