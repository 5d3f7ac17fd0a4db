"""Lengths of time: written `30m` in the file, seconds in the program."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from settings.values.matching import refuse

_DURATION = re.compile(r"([1-9]\d{0,5})([smhd])", re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _seconds(value: object) -> int:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise refuse("a length of time: a number and s, m, h or d, as in 90s, 30m, 1h or 7d")
    return int(match[1]) * _UNITS[match[2]]


def _duration(seconds: int) -> str:
    """Write seconds as the file does, in the largest unit that fits."""
    unit = next(name for name, size in reversed(_UNITS.items()) if seconds % size == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


Seconds = Annotated[
    int,
    BeforeValidator(_seconds),
    PlainSerializer(_duration, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^[1-9]\d{0,5}[smhd]$"}),
]
"""A length of time: written `30m` in the file, seconds in the program."""
