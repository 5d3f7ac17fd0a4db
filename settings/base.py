"""What every part of the configuration shares: the strict model and the report of a problem."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError


class Problem(NamedTuple):
    """One thing wrong with the configuration, at `path` below the model that reports it."""

    path: tuple[str | int, ...]
    message: str
    key: bool = False
    """Whether the name at `path` is wrong, rather than the value that stands behind it."""


PROBLEMS = "groundwork_problems"
"""The error type under which a model reports what it found by comparing its fields."""


class Model(BaseModel):
    """A part of the file: frozen, without coercion, and without room for unknown keys.

    A subclass compares its own fields in `problems`; all problems of the model are reported at
    once, each at its own place in the file.
    """

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        validate_by_name=True,
        validate_by_alias=True,
    )

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong between fields that are each right by themselves."""
        yield from ()

    @model_validator(mode="after")
    def _no_problems(self) -> Self:
        if found := list(self.problems()):
            raise PydanticCustomError(
                PROBLEMS, "{count} problems", {"count": len(found), "found": found}
            )
        return self
