"""How much an Aurora Serverless cluster may grow and shrink."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator, Field

from settings.models.base import Model, Problem
from settings.values.durations import Seconds


def _number(value: object) -> object:
    """Take 2 for 2.0; keep a switch and a text from passing for a number."""
    return float(value) if type(value) is int else value


NUMBER = BeforeValidator(_number)


class Capacity(Model):
    """Aurora capacity units: about 2 GiB of memory each."""

    min: Annotated[float, Field(ge=0, le=256, multiple_of=0.5), NUMBER] = 0
    """The units that are always there. With 0 it pauses when idle."""
    max: Annotated[float, Field(ge=1, le=256, multiple_of=0.5), NUMBER]
    """The units that it grows to."""
    pause_after: Seconds | None = None
    """Pause after this long without a connection, from 5m to 1d; with `min: 0` 5m unless named."""

    def problems(self) -> Iterator[Problem]:
        """Aurora Serverless v2 pauses at nought and nowhere else."""
        if self.max < self.min:
            yield Problem(("max",), f"at least the minimum, {self.min:g}")
        if self.pause_after is None:
            return
        if self.min > 0:
            yield Problem(
                ("min",),
                "0, since pause_after is set: Aurora Serverless v2 pauses only from a minimum of 0 "
                "(v1, which paused from any minimum, ended in March 2025). "
                "Set capacity.min: 0, or remove pause_after and pay for the minimum all day",
            )
        if not 300 <= self.pause_after <= 86_400:
            yield Problem(("pause_after",), "from 5m to 1d")
