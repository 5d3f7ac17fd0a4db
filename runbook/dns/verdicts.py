"""What is said about a record: right, missing or wrong, and what is there instead."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How what the DNS answers compares with what the domain needs."""

    RIGHT = "right"
    MISSING = "missing"
    WRONG = "wrong"
    DIFFERENT = "different"
    """The zone's name servers do not agree, as in the minutes after a change."""
    UNKNOWN = "unknown"
    """Nobody answered."""


@dataclass(frozen=True)
class Judgement:
    """What one answer means for one record."""

    verdict: Verdict
    found: tuple[str, ...] = ()
    """What is there of the record's kind."""
    remarks: tuple[str, ...] = ()
    """What a person should know or do, in sentences."""
