"""Explanations at a terminal, one notification a paragraph."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from runbook.base.tables import hanging
from runbook.mail.notifications.explaining import Explanation
from runbook.mail.notifications.points import Point

COUNTS = {
    True: "It counts towards the account's bounce rate.",
    False: "It does not count towards the account's bounce rate.",
}


def present(console: Console, explanations: Iterable[Explanation]) -> None:
    """Print explanations, the advice last."""
    for number, explanation in enumerate(explanations):
        if number:
            console.print()
        _one(console, explanation)


def _one(console: Console, explanation: Explanation) -> None:
    headline = f"{explanation.event or 'Notification'}: {explanation.meaning}"
    _print(console, Text(), headline, "bold")
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


def _lines(console: Console, name: str, said: str, style: str = "") -> None:
    _print(console, Text(f"  {name:12}", "dim"), said, style)


def _print(console: Console, lead: Text, said: str, style: str) -> None:
    for line in hanging(lead, said, console.width, style):
        console.print(line, soft_wrap=True, highlight=False)
