"""What is found in an account, and what the file would say of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from settings.models.base import Model


class Live(NamedTuple):
    """One resource of the account, as Cloud Control reads it."""

    type: str
    identifier: str
    """The values of the type's primary identifier, with a bar between them."""
    properties: Mapping[str, Any]
    within: str = ""
    """Where the application has it: a construct's path below its stack."""
    region: str = ""
    """Its own, where its item is in several; elsewhere it is its item's."""


class Remark(NamedTuple):
    """Something that the file cannot say, or that somebody has to know."""

    subject: str
    """The name or ARN of what it is about."""
    reason: str


class Edit(NamedTuple):
    """One field of an item that the file declares, which the account has otherwise now."""

    path: tuple[str, ...]
    field: str
    was: Any
    now: Any
    """None where the file does not name the field any more."""


@dataclass(frozen=True)
class Item:
    """One item of the file, as found in one region.

    An item without `declared` stands for what the file has no item for: its remarks say why.
    """

    path: tuple[str, ...]
    region: str
    declared: Mapping[str, Any] | None = None
    resources: tuple[Live, ...] = ()
    remarks: tuple[Remark, ...] = field(default=())
    arn: str = ""
    """Of what it stands for, where AWS gives it one."""

    @property
    def subject(self) -> str:
        """What a remark about the whole item begins with."""
        place = "/".join(self.path)
        return f"{place} ({self.arn})" if self.arn else place

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region in which it was found."""
        more = (self.declared or {}).get("regions", ())
        return tuple(dict.fromkeys((self.region, *more)))

    @property
    def place(self) -> str:
        """Where the application has the item: its path below the area."""
        return "/".join(self.path[1:])

    @property
    def area(self) -> str:
        """The area that the item belongs to."""
        return self.path[0]


def without_defaults(model: type[Model], declared: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what the file need not say, because it holds anyway."""
    defaults = defaults_of(model)
    return {
        name: value
        for name, value in declared.items()
        if value is not None and not _is_default(defaults[name], value)
    }


def defaults_of(model: type[Model]) -> dict[str, Any]:
    """Return what holds for each field that the file does not name."""
    found = {info.alias or name: info.default for name, info in model.model_fields.items()}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in found.items()
    }


def _is_default(default: object, value: object) -> bool:
    return default == value and type(default) is type(value)


def merged(items: Iterable[Item]) -> Iterator[Item]:
    """Put an item of several regions together: the file has it once, with all of them."""
    found: dict[tuple[str, ...], list[Item]] = {}
    for item in items:
        found.setdefault(item.path, []).append(item)
    for same in found.values():
        first = same[0]
        regions = [item.region for item in same]
        if first.declared is None or "regions" not in first.declared:
            yield first
            yield from (_second(item, first) for item in same[1:])
            continue
        if len(same) == 1:
            yield first
            continue
        yield replace(
            first,
            declared={**first.declared, "regions": regions},
            resources=tuple(
                live._replace(region=item.region) for item in same for live in item.resources
            ),
            remarks=(
                *(remark for item in same for remark in item.remarks),
                *(remark for item in same[1:] for remark in _differences(item, first)),
            ),
        )


def _differences(item: Item, first: Item) -> Iterator[Remark]:
    """Name what an item has otherwise in another region: the file has one value for all."""
    here, there = first.declared or {}, item.declared or {}
    for name in {**here, **there}:
        if name != "regions" and here.get(name) != there.get(name):
            values = [_shown(said.get(name)) for said in (there, here)]
            reason = (
                f"its {name} is {values[0]} there and {values[1]} in {first.region}: the file has "
                f"one value for both, that of {first.region}"
            )
            yield Remark(f"{item.subject} in {item.region}", reason)


def _shown(value: Any) -> str:
    return "as by default" if value is None else json.dumps(value, ensure_ascii=False)


def _second(item: Item, first: Item) -> Item:
    """Leave out an item whose name the file has already, unless it only has something to say."""
    if item.declared is None:
        return item
    reason = f"the file has one of that name in {first.region} already: it stays as it is"
    remark = Remark(f"{item.subject} in {item.region}", reason)
    return Item(item.path, item.region, remarks=(remark,))
