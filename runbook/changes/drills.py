"""What a database's drill means, in a reviewer's words: how often, for how long, at what price."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue, TypeAdapter

from runbook.base.names import count
from runbook.changes.review import DeclaredChange, Effect
from settings.models.drills import DatabaseDrill
from settings.values.durations import Seconds

HOUR, MONTH = 3600, 730
"""Seconds; and the hours of a month, as AWS counts them."""
_PLACE = re.compile(r"databases/([^/]+)")
_EVERY = DatabaseDrill().every


def words(change: DeclaredChange) -> Iterator[str]:
    """Yield what a new or changed drill of a database means; nothing for any other change."""
    found = _PLACE.fullmatch(change.item)
    sides = [each for each in change.differences if each.path == "drill"]
    if not found or not sides or change.effect is Effect.DELETE:
        return
    (side,) = sides
    name = found[1]
    if not isinstance(side.after, dict):
        yield f"no drill proves any more that the snapshots of {name} can be restored"
        return
    hours = _every(side.after) // HOUR // 2
    yield (
        f"the newest snapshot of {name} is restored every {count(hours, 'hour')} beside it, where "
        "nobody can connect, checked, and deleted"
    )
    yield (
        "each takes half an hour to some hours, in which RDS charges a second database of its "
        f"class and storage: at an hour each, {count(round(MONTH / hours), 'hour')} a month"
    )


def _every(drill: Mapping[str, JsonValue]) -> int:
    return TypeAdapter(Seconds).validate_python(drill["every"]) if "every" in drill else _EVERY
