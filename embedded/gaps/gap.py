"""What a gap says of itself. `docs/embedded.md` has a table made of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What closing a gap does to the embedded AWS."""

    STRICTER = "stricter"
    """It refuses, waits, orders or validates as AWS does, where ministack would let it pass."""
    CAPABLE = "more capable"
    """It has what AWS has and ministack lacks or drops."""
    SOONER = "sooner"
    """It ends in what AWS ends in, without the wait."""


@dataclass(frozen=True)
class Gap:
    """One difference between AWS and ministack, closed by the module that declares it.

    `aws` is what AWS does and `page` where AWS says so; `ministack` is what it does instead.
    """

    aws: str
    page: str
    ministack: str
    effect: Effect
