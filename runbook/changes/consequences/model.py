"""How a property's change is judged: rules that take its value before and after.

A rule yields what follows from the change, with AWS's page for it. Values are worked out; a
number may be text, as CloudFormation allows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from runbook.changes.parts import Danger, Expiry, Verdict


@dataclass(frozen=True)
class Consequence:
    """What follows from a change, besides that it is made: for data, or for those who use it."""

    words: str
    page: str
    verdict: Verdict | None = None
    danger: Danger | None = None
    one_way: bool = False
    """Whether the previous value cannot be put back in place."""
    expiry: Expiry | None = None
    """What S3 deletes, so that it can be counted."""


Rule = Callable[[JsonValue, JsonValue], Iterator[Consequence]]


@dataclass(frozen=True)
class Kind:
    """The rules of one type. `whole`: a property without a rule is not understood."""

    rules: Mapping[str, Rule]
    whole: bool = False


def harmless(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge a change that touches neither data nor its protection, and interrupts nobody."""
    yield from ()


def changed(consequence: Consequence) -> Rule:
    """Judge every change alike."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        yield _filled(consequence, before, after)

    return rule


def turned_off(consequence: Consequence, default: bool = False) -> Rule:
    """Judge something that is no longer on."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        if is_on(before, default) and not is_on(after, default):
            yield consequence

    return rule


def turned_on(consequence: Consequence, default: bool = False) -> Rule:
    """Judge something that was off."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        if is_on(after, default) and not is_on(before, default):
            yield consequence

    return rule


def falls(consequence: Consequence, default: float) -> Rule:
    """Judge a number that becomes smaller, or that is none."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        old, new = number(before, default), number(after, default)
        if old is None or new is None or new < old:
            yield _filled(consequence, before, after)

    return rule


def rises(consequence: Consequence, default: float) -> Rule:
    """Judge a number that becomes larger."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        old, new = number(before, default), number(after, default)
        if old is not None and new is not None and new > old:
            yield _filled(consequence, before, after)

    return rule


def fewer(consequence: Consequence) -> Rule:
    """Judge a list that no longer has all that it had. `{gone}` names what is missing."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        left = after if isinstance(after, list) else [after]
        was = before if isinstance(before, list) else [before] if before is not None else []
        if gone := ", ".join(str(one) for one in was if one not in left):
            yield replace(consequence, words=consequence.words.format(gone=gone))

    return rule


def more(consequence: Consequence) -> Rule:
    """Judge a list that has what it did not have. `{more}` names what is added."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        was, now = (side if isinstance(side, list) else [] for side in (before, after))
        if added := ", ".join(str(one) for one in now if one not in was):
            yield replace(consequence, words=consequence.words.format(more=added))

    return rule


def removed(consequence: Consequence) -> Rule:
    """Judge something that was there and is not, or no longer as it was."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        if before is not None:
            yield consequence

    return rule


def added(consequence: Consequence) -> Rule:
    """Judge something that was not there and is."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        if before is None:
            yield consequence

    return rule


def both(*rules: Rule) -> Rule:
    """Judge by several rules."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        for one in rules:
            yield from one(before, after)

    return rule


def is_on(value: JsonValue, default: bool = False) -> bool:
    """Tell whether a switch is on, in any of AWS's spellings: true, "true", "Enabled" and so on."""
    if value is None:
        return default
    return str(value).lower() in ("true", "1") or str(value).lower().startswith("enabled")


def number(value: JsonValue, default: float | None = None) -> float | None:
    """Return a number, also of text; None of what is neither."""
    if value is None:
        return default
    try:
        return float(str(value))
    except ValueError:
        return None


def days(value: JsonValue) -> str:
    """Count days: 1 day, 30 days, or what stands there when it is no number."""
    found = number(value)
    if found is None:
        return "the default" if value is None else str(value)
    return f"{found:g} day{'s' * (found != 1)}"


def _filled(consequence: Consequence, before: JsonValue, after: JsonValue) -> Consequence:
    sides = {
        "before": "the default" if before is None else before,
        "after": "the default" if after is None else after,
        "days_before": days(before),
        "days_after": days(after),
    }
    return replace(consequence, words=consequence.words.format(**sides))
