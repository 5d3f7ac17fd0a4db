"""How a property is judged by what stands in it, each key by a rule of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import JsonValue

from runbook.changes.consequences.model import Consequence, Rule, changed
from runbook.changes.parts import Danger

if TYPE_CHECKING:
    from collections.abc import Iterator


def inside(page: str, rules: Mapping[str, Rule]) -> Rule:
    """Judge a property by what stands in it. What has no rule there may do anything."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        old, new = keys(before), keys(after)
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield from rules.get(key, unknown(key, page))(old.get(key), new.get(key))

    return rule


def keys(value: JsonValue) -> Mapping[str, JsonValue]:
    """Return what stands in a property; under no name what is no object."""
    return value if isinstance(value, dict) else {"": value} if value is not None else {}


def unknown(key: str, page: str) -> Rule:
    """Judge what nobody has judged."""
    words = f"what {key or 'a value that is no object'} does is not judged"
    return changed(Consequence(words, page, danger=Danger.UNREADABLE))


def no_longer(strict: str, consequence: Consequence) -> Rule:
    """Judge a policy that is no longer the strict one of its two."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        if str(before).upper() == strict and str(after).upper() != strict:
            yield consequence

    return rule
