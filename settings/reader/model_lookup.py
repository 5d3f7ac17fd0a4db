"""Finding one's way in the models by a location in the file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Literal, NamedTuple, TypeGuard, Union, get_args, get_origin

from pydantic import JsonValue
from pydantic.fields import FieldInfo

from settings.diagnostics import Location
from settings.models.base import Model
from settings.models.settings import Settings


class Place(NamedTuple):
    """Where pydantic's location is in the file, and the models that its last name can belong to."""

    location: Location
    owners: tuple[type[Model], ...]
    kinds: tuple[object, ...]

    @property
    def models(self) -> tuple[type[Model], ...]:
        """The models among what can stand there."""
        return tuple(kind for kind in self.kinds if _is_model(kind))


def find(location: Location) -> Place:
    """Follow pydantic's location, leaving out the tags that it adds for unions of models."""
    path: Location = ()
    owners: tuple[type[Model], ...] = ()
    kinds = _kinds(Settings)
    for part in location:
        models = tuple(kind for kind in kinds if _is_model(kind))
        if len(models) > 1:
            kinds = tuple(model for model in models if part in tags(model))
        else:
            path, owners = (*path, part), models
            kinds = tuple(inner for kind in kinds for inner in _inside(kind, part))
    return Place(path, owners, kinds)


def fields(model: type[Model]) -> dict[str, FieldInfo]:
    """Return a model's fields by the names that the file has for them."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def tags(model: type[Model]) -> list[str]:
    """Return the values by which a model is told from others: its required literals."""
    return [
        tag
        for info in model.model_fields.values()
        if info.is_required() and get_origin(info.annotation) is Literal
        for tag in get_args(info.annotation)
    ]


def empty_default(place: Place) -> JsonValue:
    """Return an empty mapping or list, where one is meant and it is the default, or else None."""
    if place.models or any(get_origin(kind) is Mapping for kind in place.kinds):
        return {}
    infos = (fields(owner).get(str(place.location[-1])) for owner in place.owners)
    return [] if any(info and info.default == () for info in infos) else None


@cache
def regional_groups() -> list[tuple[str, str, str]]:
    """Return area, group and field of every group whose items say in which region they stand."""
    return [
        (area, group, field)
        for area in fields(Settings)
        for owner in find((area,)).models
        for group in fields(owner)
        for item in find((area, group, "any")).models
        for field in ("region", "regions")
        if field in fields(item)
    ]


def _is_model(kind: object) -> TypeGuard[type[Model]]:
    return isinstance(kind, type) and issubclass(kind, Model)


def _kinds(kind: object) -> tuple[object, ...]:
    """Return what a value can be, without its constraints and without nothing."""
    origin = get_origin(kind)
    if origin is Annotated:
        return _kinds(get_args(kind)[0])
    if origin in (Union, UnionType):
        return tuple(inner for option in get_args(kind) for inner in _kinds(option))
    return () if kind is type(None) else (kind,)


def _inside(kind: object, part: str | int) -> tuple[object, ...]:
    if _is_model(kind):
        info = fields(kind).get(str(part))
        return _kinds(info.annotation) if info else ()
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Mapping:
        return _kinds(arguments[1])
    return _kinds(arguments[0]) if origin is tuple else ()
