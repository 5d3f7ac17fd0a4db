"""The message that is asked about, and what is decided of it."""

from __future__ import annotations

from dataclasses import dataclass

SIMULATOR = "simulator.amazonses.com"
"""The domain of SES's mailbox simulator, which everybody may send to, in the sandbox too."""


@dataclass(frozen=True)
class Message:
    """What SES judges a message by.

    `header` is its X-SES-CONFIGURATION-SET, `tenant` its X-SES-TENANT, and `name` the From
    address's name, if it has them.
    """

    from_address: str
    envelope: str
    recipients: tuple[str, ...]
    header: str = ""
    name: str = ""
    tenant: str = ""


@dataclass(frozen=True)
class Check:
    """One thing that decides: whether it lets the message pass, why, and what SES says if not."""

    name: str
    passes: bool
    why: str
    answer: str = ""
