"""Topics, and what comes together in each."""

from __future__ import annotations

import re
from typing import NamedTuple

ALARMS = "mail-alarms"
"""The topic of what concerns the whole account."""


class Topic(NamedTuple):
    """Who is told, of which identities and configuration sets."""

    subscribers: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    configuration_sets: tuple[str, ...] = ()
    alarms: bool = False
    """Whether CloudWatch tells of alarms here, too."""

    def joined(self, other: Topic) -> Topic:
        """Return both in one, each subscriber once."""
        return Topic(
            tuple(dict.fromkeys(self.subscribers + other.subscribers)),
            self.identities + other.identities,
            self.configuration_sets + other.configuration_sets,
            self.alarms or other.alarms,
        )


def topic_name(identity: str) -> str:
    """Name the topic of an identity: data@open-contracting.org has data-open-contracting-org."""
    return re.sub(r"[^A-Za-z0-9]+", "-", identity).strip("-")
