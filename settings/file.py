"""Reading the file: from its text to the typed configuration, or to everything wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from settings.base import Model, Problem
from settings.document import Document, read
from settings.explain import Explained, explain
from settings.faults import ConfigurationError, Fault, Location, dotted
from settings.model import Settings
from settings.regions import REGIONS
from settings.shape import regional_groups


def load(file: str | Path) -> Settings:
    """Read the configuration, or raise `ConfigurationError` with all that is wrong with it."""
    try:
        content = Path(file).read_bytes()
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        fault = Fault(line, column, "", "this is not UTF-8; save the file in that encoding")
        raise ConfigurationError(str(file), [fault]) from None
    except FileNotFoundError:
        raise ConfigurationError(str(file), [Fault(1, 1, "", "there is no such file")]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        fault = Fault(1, 1, "", f"cannot be read: {reason.lower()}")
        raise ConfigurationError(str(file), [fault]) from None
    return parse(text, str(file))


def parse(text: str, file: str = "configuration") -> Settings:
    """Read the configuration from text. `file` is what its faults are reported under."""
    document = read(text)
    if document.data is None:
        empty = Fault(1, 1, "", "the file is empty; it needs an account at least")
        raise ConfigurationError(file, document.faults or [empty])
    settings, details = _validated(document.data)
    if settings:
        faults = [_problem_fault(*found, document) for found in _problems(settings)]
    else:
        explained = [explain(detail) for detail in details]
        faults = [_fault(each, document) for each in explained]
        faults += _other_faults(document, [each.location for each in explained])
    if faults or document.faults or not settings:
        raise ConfigurationError(file, [*document.faults, *faults])
    return settings


def _validated(data: Any) -> tuple[Settings | None, list[ErrorDetails]]:
    """Return the settings, or the reasons why there are none.

    Nothing behind a name, where names with values are meant, is none of them: what is left when
    somebody comments out all items of a group.
    """
    while True:
        try:
            filled = json.dumps(_with_default_region(data))
            return Settings.model_validate_json(filled), []
        except ValidationError as error:
            details = error.errors(include_url=False)
        empty = [
            explain(detail).location
            for detail in details
            if detail["type"] in ("model_type", "model_attributes_type", "dict_type")
            and detail["input"] is None
        ]
        if not empty:
            return None, details
        for location in empty:
            data = _replaced(data, location, {})


def _with_default_region(data: Any) -> Any:
    """Give the file's region to items that name none, so that each is complete by itself."""
    region = _at(data, ("region",))
    if not isinstance(region, str) or region not in REGIONS:
        return data
    for area, group, field in regional_groups():
        items = _at(data, (area, group))
        if isinstance(items, dict):
            default = {field: region if field == "region" else [region]}
            filled = {n: {**default, **i} if isinstance(i, dict) else i for n, i in items.items()}
            data = _replaced(data, (area, group), filled)
    return data


def _problems(value: Any, location: Location = ()) -> Iterator[tuple[Location, Problem]]:
    """Yield what the models find by comparing their fields, each with the model's location."""
    if isinstance(value, Model):
        for name, info in type(value).model_fields.items():
            yield from _problems(getattr(value, name), (*location, info.alias or name))
        yield from ((location, problem) for problem in value.problems())
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _problems(item, (*location, name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _problems(item, (*location, index))


def _other_faults(document: Document, wrong: list[Location]) -> list[Fault]:
    """Compare the items that are right with each other, although others are wrong.

    A problem that rests on something not being declared is kept back when what is wrong may
    declare it.
    """
    for depth in (3, 2, 1):
        out = {_item(location, depth) for location in wrong}
        if out & {(), ("region",)}:
            return []
        rest = document.data
        for location in out:
            rest = _replaced(rest, location, _GONE)
        settings, details = _validated({"account": "0" * 12, **rest})
        wrong = [*wrong, *(explain(detail).location for detail in details)]
        if settings:
            return [
                _problem_fault(location, problem, document)
                for location, problem in _problems(settings)
                if not any(
                    _touch((*location, *group), gone) for group in problem.searched for gone in out
                )
            ]
    return []


def _item(location: Location, depth: int) -> Location:
    """Return the item of a group that a location is in. An entry of a list takes the list along."""
    positions = (index for index, part in enumerate(location) if isinstance(part, int))
    return location[: min(depth, next(positions, depth))]


def _touch(first: Location, second: Location) -> bool:
    return all(one == other for one, other in zip(first, second, strict=False))


def _problem_fault(location: Location, problem: Problem, document: Document) -> Fault:
    message = f"must be {problem.message}"
    return _fault(Explained((*location, *problem.path), message, problem.key), document)


def _fault(explained: Explained, document: Document) -> Fault:
    location, message, key = explained
    words = document.words.get(location)
    if words and not key:
        message = f"found {words}; {message}"
    return Fault(*document.place(location, key=key), dotted(location), message)


_GONE = object()


def _at(data: Any, location: Location) -> Any:
    """Return what stands at a location, or None."""
    for part in location:
        if not isinstance(data, dict):
            return None
        data = data.get(part)
    return data


def _replaced(data: Any, location: Location, value: Any) -> Any:
    """Return a copy that has another value at a location, or none: an alias shares its original."""
    if not location:
        return value
    first, rest = location[0], location[1:]
    if isinstance(data, dict):
        inner = _replaced(data.get(first), rest, value)
        others = {name: item for name, item in data.items() if name != first}
        return others if inner is _GONE else {**others, first: inner}
    if isinstance(data, list) and isinstance(first, int):
        return [*data[:first], _replaced(data[first], rest, value), *data[first + 1 :]]
    return data
