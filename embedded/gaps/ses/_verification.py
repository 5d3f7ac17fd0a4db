"""How long SES waits until an identity is verified. Nothing here needs ministack."""

from __future__ import annotations

UNREACHABLE = ".invalid"
"""Nobody has a mailbox or publishes a record below it.

<https://www.rfc-editor.org/rfc/rfc6761#section-6.4>
"""
HOUR = 3600
ADDRESS_SECONDS, DOMAIN_SECONDS = 24 * HOUR, 72 * HOUR


def state(identity: str, seconds: float) -> str:
    """The state of an identity that was asked for that long ago, in the first API's words.

    No mail arrives here and no record is looked up, so what could be verified is. What could not
    waits as long as on AWS, and has failed then until it is asked for again.
    """
    if not identity.lower().endswith(UNREACHABLE):
        return "Success"
    limit = ADDRESS_SECONDS if "@" in identity else DOMAIN_SECONDS
    return "Pending" if seconds < limit else "Failed"
