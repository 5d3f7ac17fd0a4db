"""Waiting for what becomes of messages to be told, at every place that the file declares."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, Protocol

from runbook.mail.notifications.explaining import Explanation

PAUSE = 3.0
"""Seconds between two looks."""
Told = tuple[str, Explanation]
"""Who was told, and what."""


class Arrival(NamedTuple):
    """An event of a message, at one of the places that are told of it."""

    place: str
    """`delivery log`, or `topic` and its name."""
    message: str
    event: str


class Source(Protocol):
    """One or several places that are told."""

    def look(self, messages: Collection[str]) -> Iterator[Told]:
        """Yield what is told of these messages; what was yielded before may come again."""
        ...


def follow(
    sources: Sequence[Source], expected: Collection[Arrival], seconds: float
) -> dict[Arrival, Explanation]:
    """Wait until everything that is expected has arrived; return all that has."""
    messages = {arrival.message for arrival in expected}
    end = time.monotonic() + seconds
    found: dict[Arrival, Explanation] = {}
    while True:
        for source in sources:
            for place, event in source.look(messages):
                found[Arrival(place, event.message_id, event.event)] = event
        left = end - time.monotonic()
        if found.keys() >= {*expected} or left <= 0:
            return found
        time.sleep(min(PAUSE, left))
