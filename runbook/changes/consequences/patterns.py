"""Patterns of EventBridge and filter policies of SNS: whether one takes all that another takes.

It is only said where it is certain: `wildcard`, `numeric` and the like are compared whole.
<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html>
<https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html>
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import JsonValue

from runbook.changes.consequences.model import Consequence, Rule

EVERYTHING: JsonValue = {}
NOTHING: JsonValue = None


def directed(more: Consequence, less: Consequence, *, without: JsonValue) -> Rule:
    """Judge a pattern by its direction. `without` one, everything is taken, or nothing."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        old, new = (without if side is None else _parsed(side) for side in (before, after))
        if not covers(old, new):
            yield more
        if not covers(new, old):
            yield less

    return rule


def covers(wide: JsonValue, narrow: JsonValue) -> bool:
    """Tell whether a pattern certainly takes whatever another one takes."""
    if narrow is NOTHING:
        return True
    if isinstance(wide, dict) and isinstance(narrow, dict):
        return all(key in narrow and covers(wide[key], narrow[key]) for key in wide)
    if isinstance(wide, list) and isinstance(narrow, list):
        return all(any(_takes(other, one) for other in wide) for one in narrow)
    return _text(wide) == _text(narrow)


def _takes(wide: JsonValue, narrow: JsonValue) -> bool:
    """Tell whether one value of a pattern certainly takes whatever another one takes."""
    match wide, narrow:
        case {"prefix": str(begin)}, str(text) | {"prefix": str(text)}:
            return text.startswith(begin)
        case {"suffix": str(end)}, str(text) | {"suffix": str(text)}:
            return text.endswith(end)
        case {"anything-but": list(few)}, {"anything-but": list(many)}:
            return {*map(_text, few)} <= {*map(_text, many)}
        case {"exists": True}, str() | bool() | int() | float() | {"exists": True}:
            return True
    return _text(wide) == _text(narrow)


def _parsed(pattern: JsonValue) -> JsonValue:
    """Return a pattern, which may be written as text."""
    try:
        found: JsonValue = json.loads(pattern) if isinstance(pattern, str) else pattern
    except ValueError:
        return pattern
    return found


def _text(value: JsonValue) -> str:
    """Write a value so that 1 and true differ, which are equal in Python."""
    return json.dumps(value, sort_keys=True)
