"""What was changed, in words: for the command, the head of a review, and a refusal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from runbook.changes.text import line
from runbook.drift.change import Change, Sort, Unasked

ADOPTED = (
    "addresses",
    "buckets",
    "configuration_sets",
    "databases",
    "domains",
    "networks",
    "security_groups",
    "tenants",
)
"""Items of which the file says what was changed. Who may do what is taken back, never kept."""


def described(change: Change) -> Iterator[str]:
    """Say where and what, then what it was and what it is, in a line each."""
    yield f"{line(change.place)} in {line(change.stack)}: {line(change.what)}"
    yield f"    {side(change.was)} → {side(change.now)}"


def side(value: object) -> str:
    """Write a value in one line, also where there is none."""
    if value is None:
        return "(none)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return line(text)


def ways_out(found: Iterable[Change]) -> Iterator[str]:
    """Say how to take changes back, and how to take them into the file."""
    changes = [*found]
    if any(change.reversible for change in changes):
        yield "To revert what CloudFormation can: groundwork drift --revert, then approve it."
    if any(not change.reversible for change in changes):
        yield "What was added beside the declared has to be removed by hand."
    kept = [change for change in changes if change.sort is not Sort.ACCESS]
    for place in sorted({place for change in kept if (place := adopted_as(change))}):
        yield f"To keep it instead: groundwork adopt --only {line(place)} --write"


def adopted_as(change: Change) -> str | None:
    """Return the item as `groundwork adopt --only` takes it; None where the file says nothing."""
    if change.item.startswith("mail/account/"):
        return "mail"
    return change.item if change.item.split("/")[1] in ADOPTED else None


def unknown(item: Unasked) -> str:
    """Say what nobody could be asked about, and why."""
    return f"{line(item.stack)}: {line(item.what)} cannot be asked: {line(item.why)}"
