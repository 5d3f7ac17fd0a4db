"""What `groundwork mail status` says of one thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters. Only `attention` makes the command's exit status 1."""

    OK = "ok"
    NOTE = "note"
    ATTENTION = "attention"


@dataclass(frozen=True)
class Finding:
    """One thing as AWS has it, in words, and what to do where it is not as it should be."""

    item: str
    text: str
    level: Level = Level.OK
    remedy: str = ""


def attention(item: str, text: str, remedy: str) -> Finding:
    """Return a finding that somebody has to act on."""
    return Finding(item, text, Level.ATTENTION, remedy)


def note(item: str, text: str, remedy: str = "") -> Finding:
    """Return a finding that is good to know, and that nobody has to act on."""
    return Finding(item, text, Level.NOTE, remedy)


def some(names: Iterable[str]) -> str:
    """List a few names and count the rest."""
    found = [*names]
    rest = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return ", ".join(found[:5]) + rest
