"""The values of a notification, read without trusting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runbook.mail.notifications.meaning import Meaning

NOTHING: Mapping[str, object] = {}
LONGEST = 2000
"""Characters of one value that are shown: a header can be as long as its sender likes."""


@dataclass(frozen=True)
class Point:
    """One value of a notification, what it means and what to do; `known` if the tables have it."""

    name: str
    value: str
    meaning: str = ""
    advice: str = ""
    known: bool = True


def point(name: str, value: str, table: Mapping[str, Meaning]) -> Point:
    """Look a value up in a table; say that it is unknown where the table has no such value."""
    if value in table:
        return Point(name, value, *table[value])
    return Point(name, value, "Groundwork does not know this value; AWS adds values.", known=False)


def text(values: Mapping[str, object], name: str) -> str:
    """Return a value as one line that a terminal shows and does not obey; empty if there is none.

    Diagnostic codes, subjects and addresses are written by strangers.
    """
    value = values.get(name)
    if value is None or isinstance(value, dict | list):
        return ""
    words = " ".join(str(value)[:LONGEST].split())
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in words
    )


def members(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Return an object within another; an empty one where there is none."""
    value = values.get(name)
    return value if isinstance(value, dict) else NOTHING


def objects(values: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """Return the objects of a list within an object; a single object counts as a list of one."""
    value = values.get(name)
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]
