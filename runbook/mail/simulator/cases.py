"""The addresses of SES's mailbox simulator, and what comes of mail to each.

Mail to them hurts no reputation, and is taken in the sandbox too.
<https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator>
"""

from __future__ import annotations

from dataclasses import dataclass

from runbook.mail.permission.message import SIMULATOR


@dataclass(frozen=True)
class Case:
    """What becomes of a message to one of the addresses, and the event that tells of it."""

    name: str
    mailbox: str
    event: str

    @property
    def address(self) -> str:
        """Return the address to write to."""
        return f"{self.mailbox}@{SIMULATOR}"


CASES = (
    Case("delivered", "success", "Delivery"),
    Case("bounced", "bounce", "Bounce"),
    Case("complained", "complaint", "Complaint"),
    Case("suppressed", "suppressionlist", "Bounce"),
)
