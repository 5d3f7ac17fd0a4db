"""Explanations at a terminal, one notification a paragraph."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from runbook.mail.notifications.explaining import Explanation
from runbook.mail.notifications.points import Point

COUNTS = {
    True: "It counts towards the account's bounce rate.",
    False: "It does not count towards the account's bounce rate.",
}
NAMES = 12
"""Characters of the column of names."""


def present(console: Console, explanations: Iterable[Explanation]) -> None:
    """Print explanations, the advice last."""
    for number, explanation in enumerate(explanations):
        if number:
            console.print()
        _one(console, explanation)


def _one(console: Console, explanation: Explanation) -> None:
    _lines(console, "", f"{explanation.event or 'Notification'}: {explanation.meaning}", "bold", 0)
    about = {
        "sent": explanation.sent,
        "from": explanation.source,
        "subject": explanation.subject,
        "message": explanation.message_id,
    }
    for name, value in about.items():
        if value:
            _lines(console, name, value)
    _points(console, explanation.points)
    for recipient in explanation.recipients:
        _lines(console, "recipient", recipient.address, "bold")
        _points(console, recipient.points)
    if explanation.counts is not None:
        _lines(console, "reputation", COUNTS[explanation.counts])
    for advice in explanation.advice:
        _lines(console, "do this", advice, "green")


def _points(console: Console, points: Iterable[Point]) -> None:
    for point in points:
        said = ": ".join(filter(None, (point.value, point.meaning)))
        if said:
            _lines(console, point.name, said, "" if point.known else "yellow")


def _lines(console: Console, name: str, said: str, style: str = "", names: int = NAMES) -> None:
    """Print words behind a name, wrapped within a column of their own."""
    wrapped = textwrap.wrap(
        said, max(console.width - names - 2, 20), break_long_words=False, break_on_hyphens=False
    )
    for number, line in enumerate(wrapped):
        before = (name if number == 0 else "").ljust(names)
        text = Text.assemble((f"  {before}" if names else "", "dim"), (line, style))
        console.print(text, soft_wrap=True, highlight=False)
