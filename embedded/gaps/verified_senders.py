"""A message sent with a `Source` may have any From header; on AWS both have to be verified.

For SMTP the `Source` is the envelope's sender, which a mail server may fill in by itself.
https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
"""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import Response, service


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
