"""Names that AWS takes and the file does not: what has one cannot be an item."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

from pydantic import ConfigDict, TypeAdapter, ValidationError

from settings import Settings
from settings.reader.explain import explain


def refused(path: tuple[str, ...]) -> str | None:
    """Return what the file has against the name at the end of a path; None where it takes it."""
    try:
        _kind(path[:-1]).validate_python(path[-1])
    except ValidationError as error:
        (detail, *_) = error.errors()
        return explain({**detail, "loc": (*path, "[key]")}).message
    return None


@cache
def _kind(path: tuple[str, ...]) -> TypeAdapter[Any]:
    """Return what checks the names of the mapping at a path, as in mail/domains."""
    model: Any = Settings
    for name in path:
        model = model.model_fields[name].annotation
    return TypeAdapter(get_args(model)[0], config=ConfigDict(strict=True))
