"""What the file declares differently: a stack carries its items as the file has them.

A review begins with these, in the file's own words, before it shows resources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from runbook.changes.parts import DeclaredChange, Difference, Effect
from runbook.changes.template.reading import Reading
from settings.contract import ITEMS

_INNER = ("replicas", "consumers")
"""The fields of an item that hold items themselves."""


def declared(before: Reading, after: Reading) -> Iterator[DeclaredChange]:
    """Yield the items of the file that are added, changed and removed."""
    if ITEMS not in before.metadata and before.resources:
        return  # deployed by a version that did not carry them: everything would look new
    old, new = (dict(_items(side.metadata.get(ITEMS, {}))) for side in (before, after))
    for item in sorted({*old, *new}):
        if old.get(item) == new.get(item) and (item in old) == (item in new):
            continue
        effect = (
            Effect.ADD if item not in old else Effect.DELETE if item not in new else Effect.CHANGE
        )
        fields = () if effect is Effect.DELETE else tuple(_fields(old.get(item), new.get(item)))
        yield DeclaredChange(item=item, effect=effect, differences=fields)


def _items(fields: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """Yield items by the field that has them and their name; a field without names is one item."""
    for field, value in fields.items() if isinstance(fields, dict) else ():
        if isinstance(value, dict) and value and all(_is_item(item) for item in value.values()):
            for name, item in value.items():
                yield from _with_inner(f"{field}/{name}", item)
        else:
            yield field, value


def _with_inner(place: str, item: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """Yield an item, and apart from it the replicas and consumers in it: each is a review's row."""
    if not isinstance(item, dict):
        yield place, item
        return
    yield place, {field: value for field, value in item.items() if field not in _INNER}
    for kind in _INNER:
        held = item.get(kind)
        for name, each in held.items() if isinstance(held, dict) else ():
            yield from _with_inner(f"{place}/{kind}/{name}", each)


def _is_item(value: JsonValue) -> bool:
    return value is None or isinstance(value, dict)


def _fields(before: JsonValue, after: JsonValue) -> Iterator[Difference]:
    """Yield an item's fields that differ, each whole: as they stand in the file."""
    if not isinstance(after, dict):
        yield Difference(path="", before=before, after=after)
        return
    old: Mapping[str, JsonValue] = before if isinstance(before, dict) else {}
    for key in sorted({*old, *after}):
        if old.get(key) != after.get(key):
            yield Difference(path=key, before=old.get(key), after=after.get(key))
