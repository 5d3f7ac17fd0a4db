"""Checking what a file says: field by field, then each thing against the others."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from pydantic import JsonValue, ValidationError
from pydantic_core import ErrorDetails

from settings.diagnostics import Diagnostic, Location, dotted
from settings.models.base import Model, Problem
from settings.models.settings import Settings
from settings.plan.limits import limit_problems
from settings.reader.document import Document
from settings.reader.explain import Explained, explain
from settings.reader.model_lookup import empty_default, find, regional_groups
from settings.reader.tree import at, replaced, without
from settings.values.regions import REGIONS

FEW = 500
"""Wrong values, up to which the others are compared with each other: beyond, it takes too long."""


class Checked(NamedTuple):
    """The settings, or everything that keeps a document from being some."""

    settings: Settings | None
    faults: list[Diagnostic]


def check(document: Document) -> Checked:
    """Check a document. There are settings, or faults, and never both."""
    settings, details = _validated(document.data)
    if settings:
        found = [*_problems(settings)] or [((), problem) for problem in limit_problems(settings)]
        faults = [_problem_fault(document, *each) for each in found]
        return Checked(None if faults else settings, faults)
    explained = [explain(detail) for detail in details]
    wrong = [_explained_fault(document, found) for found in explained]
    locations = {found.location for found in explained}
    others = _other_faults(document, locations) if len(locations) <= FEW else []
    return Checked(None, [*wrong, *others])


def _validated(data: JsonValue) -> tuple[Settings | None, list[ErrorDetails]]:
    """Return the settings, or the reasons why there are none.

    Nothing behind a name is no items, where items are meant and none is the default: it is what
    remains after commenting out all of them.
    """
    while True:
        try:
            filled = json.dumps(_with_default_region(data))
            return Settings.model_validate_json(filled), []
        except ValidationError as error:
            details = _without_echoes(error.errors(include_url=False))
        nothing = [find(detail["loc"]) for detail in details if detail["input"] is None]
        empty = [(place, empty_default(place)) for place in nothing]
        if all(value is None for _, value in empty):
            return None, details
        for place, value in empty:
            if value is not None:
                data = replaced(data, place.location, value)


def _without_echoes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Drop "too few entries" where entries are wrong: pydantic counts only the right ones."""
    places = [detail["loc"] for detail in details]
    return [
        detail
        for detail, place in zip(details, places, strict=True)
        if detail["type"] != "too_short"
        or not any(other != place and other[: len(place)] == place for other in places)
    ]


def _with_default_region(data: JsonValue) -> JsonValue:
    """Give the file's region to items that name none, so that each is complete by itself."""
    region = at(data, ("region",))
    if not isinstance(region, str) or region not in REGIONS:
        return data
    for area, group, field in regional_groups():
        items = at(data, (area, group))
        if isinstance(items, dict):
            default: dict[str, JsonValue] = {field: region if field == "region" else [region]}
            data = replaced(
                data,
                (area, group),
                {n: {**default, **i} if isinstance(i, dict) else i for n, i in items.items()},
            )
    return data


def _problems(value: object, location: Location = ()) -> Iterator[tuple[Location, Problem]]:
    """Yield what the models find by comparing their fields, each with the model's location."""
    if isinstance(value, Model):
        for name, info in type(value).model_fields.items():
            yield from _problems(getattr(value, name), (*location, info.alias or name))
        yield from ((location, problem) for problem in (*_nothing(value), *value.problems()))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _problems(item, (*location, name))
    elif isinstance(value, tuple):
        yield from ((location, problem) for problem in _repeated(value))
        for index, item in enumerate(value):
            yield from _problems(item, (*location, index))


def _nothing(value: Model) -> Iterator[Problem]:
    """Find fields that may be left out and are there, without a value.

    What remains after commenting out the value must not mean more than the value did: no
    prefix is the whole bucket, and no lock is none.
    """
    for name in value.model_fields_set:
        if getattr(value, name) is None:
            path = (type(value).model_fields[name].alias or name,)
            yield Problem(path, "a value, or removed together with its name", depends_on=())


def _repeated(values: tuple[object, ...]) -> Iterator[Problem]:
    """Find what a list has twice: AWS would take it once, or refuse both."""
    first: dict[object, int] = {}
    for index, value in enumerate(values):
        if not isinstance(value, Model) and first.setdefault(value, index) != index:
            yield Problem((index,), "unique: it stands in the list already", depends_on=())


def _other_faults(document: Document, wrong: Collection[Location]) -> list[Diagnostic]:
    """Compare what is right with each other, although something else is wrong.

    Items that have a fault are left out; where that does not do, their group, then their area.
    """
    for depth in (3, 2, 1):
        out = {_around(location, depth) for location in wrong}
        if out & {(), ("region",)}:
            return []
        kept = document.data
        for location in out:
            kept = without(kept, location)
        if not isinstance(kept, dict):
            return []
        settings, details = _validated({"account": "0" * 12, **kept})
        if settings:
            return [
                _problem_fault(document, location, problem)
                for location, problem in _problems(settings)
                if not _is_open(location, problem, out)
            ]
        wrong = [*wrong, *(explain(detail).location for detail in details)]
    return []


def _around(location: Location, depth: int) -> Location:
    """Return the item that a location is in. An entry of a list takes the whole list along."""
    indexes = (position for position, part in enumerate(location) if isinstance(part, int))
    return location[: min(depth, next(indexes, depth))]


def _is_open(location: Location, problem: Problem, out: Iterable[Location]) -> bool:
    """Tell whether a problem may disappear once what was left out is fixed."""
    groups = [(*location, *group) for group in problem.depends_on]
    return any(
        all(one == other for one, other in zip(group, gone, strict=False))
        for group in groups
        for gone in out
    )


def _explained_fault(document: Document, found: Explained) -> Diagnostic:
    location, message, key = found
    source_text = None if key else document.source_text.get(location)
    return _fault(document, location, message, key=key, source_text=source_text)


def _problem_fault(document: Document, location: Location, problem: Problem) -> Diagnostic:
    whole = (*location, *problem.path)
    message = problem.message
    if not message.startswith(("must ", "needs ", "requires ")):
        message = f"must be {message}"
    key = problem.key or isinstance(at(document.data, whole), dict)
    source_text = None if key else document.source_text.get(whole)
    return _fault(document, whole, message, key=key, source_text=source_text)


def _fault(
    document: Document, location: Location, message: str, *, key: bool, source_text: str | None
) -> Diagnostic:
    if source_text:
        message = f"found {source_text}; {message}"
    return Diagnostic(*document.place(location, key=key), dotted(location), message)
