"""The topics of mail: their names, and what comes together in each."""

from __future__ import annotations

import re
from typing import NamedTuple

ALARMS = "mail-alarms"
"""The topic of what concerns the whole account in a region."""


class Topic(NamedTuple):
    """Who is subscribed, and which identities and configuration sets publish."""

    subscribers: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    configuration_sets: tuple[str, ...] = ()
    alarms: bool = False
    """Whether CloudWatch publishes alarms here, too."""

    def joined(self, other: Topic) -> Topic:
        """Return both in one, each subscriber once."""
        return Topic(
            tuple(dict.fromkeys(self.subscribers + other.subscribers)),
            self.identities + other.identities,
            self.configuration_sets + other.configuration_sets,
            self.alarms or other.alarms,
        )


def feedback_topic(identity: str) -> str:
    """Name the topic of an identity: data@open-contracting.org has data-open-contracting-org."""
    return re.sub(r"[^A-Za-z0-9]+", "-", identity).strip("-")


def events_topic(configuration_set: str, address: str | None) -> str:
    """Name the topic of a configuration set's events: that of an address, or one of its own."""
    return feedback_topic(address) if address else f"{configuration_set}-events"


def bounces_topic(configuration_set: str) -> str:
    """Name the topic of a configuration set's bounces, for the contacts of its senders."""
    return f"{configuration_set}-bounces"
