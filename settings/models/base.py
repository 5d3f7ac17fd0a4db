"""What every part of the configuration shares: the strict model and the report of a problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict


class Problem(NamedTuple):
    """One thing wrong with the configuration, at `path` below the model that reports it."""

    path: tuple[str | int, ...]
    message: str
    """What it must be. It follows "must be", unless it begins with must, needs or requires."""
    key: bool = False
    """Whether the name at `path` is wrong, rather than the value that stands behind it."""
    depends_on: tuple[tuple[str, ...], ...] = ((),)
    """The parts of the model that it depends on: all of it, unless named.

    While a wrong item of such a part is left out, the problem cannot be seen, and is not reported.
    """


class Model(BaseModel):
    """A part of the file: frozen, without coercion, and without room for unknown keys.

    A subclass compares its own fields in `problems`, which `parse` asks of every model when all
    of them are there, so that every problem of the file is reported at once.
    """

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )
    misplaced: ClassVar[Mapping[str, str]] = {}
    """Fields that people look for here, and where to put them: it ends a message."""

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong between fields that are each right by themselves."""
        yield from ()
