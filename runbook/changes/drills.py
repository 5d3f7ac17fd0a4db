"""What a database's drill means, in a reviewer's words: how often, for how long, at what price."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue, TypeAdapter

from runbook.base.names import count
from runbook.changes.parts import DeclaredChange, Effect
from settings.models.drills import InstanceDrill
from settings.values.durations import Seconds

HOUR, MONTH = 3600, 730
"""Seconds; and the hours of a month, as AWS counts them."""
_PLACE = re.compile(r"databases/([^/]+)")
_EVERY = InstanceDrill().every


def drill_of(change: DeclaredChange) -> Mapping[str, JsonValue] | None:
    """Return a database's drill as it is from now on, if the change is about one that there is."""
    if not _PLACE.fullmatch(change.item) or change.effect is Effect.DELETE:
        return None
    sides = [each.after for each in change.differences if each.path == "drill"]
    return sides[0] if sides and isinstance(sides[0], dict) else None


def hours_a_month(drill: Mapping[str, JsonValue]) -> int:
    """Return for how many hours a month copies are charged, if each takes one."""
    return round(MONTH / _hours(drill))


def words(change: DeclaredChange) -> Iterator[str]:
    """Yield what a new or changed drill of a database means; nothing for any other change."""
    found = _PLACE.fullmatch(change.item)
    if not found or all(each.path != "drill" for each in change.differences):
        return
    name, drill = found[1], drill_of(change)
    if drill is None:
        yield f"no drill proves any more that the snapshots of {name} can be restored"
        return
    often = count(_hours(drill), "hour")
    yield (
        f"the newest snapshot of {name} is restored every {often} beside it, where nobody else can "
        "connect, checked, and deleted"
    )
    yield from _asked(name, drill)
    yield (
        "each takes half an hour to some hours, in which RDS charges a second database of its "
        f"class and storage: at an hour each, {count(hours_a_month(drill), 'hour')} a month"
    )


def _asked(name: str, drill: Mapping[str, JsonValue]) -> Iterator[str]:
    """Say what is asked of the copy, or that nothing of its tables is looked at."""
    if "query" not in drill:
        yield f"what is in the tables of {name} is not checked: the drill has no query"
        return
    yield f"the copy is asked {drill['query']}, and has to answer {drill.get('expect', 't')}"
    reads = drill.get("reads")
    if isinstance(reads, list | tuple) and reads:
        yield (
            f"a new login of {name}, without a password, reads {', '.join(map(str, reads))} and "
            "nothing else, once somebody has run the reviewed SQL: groundwork database users "
            f"{name} --drill"
        )


def _hours(drill: Mapping[str, JsonValue]) -> int:
    every = drill.get("every")
    seconds = _EVERY if every is None else TypeAdapter(Seconds).validate_python(every)
    return seconds // HOUR // 2
