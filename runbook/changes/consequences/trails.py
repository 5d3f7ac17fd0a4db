"""Trails of CloudTrail: what is no longer recorded of what people do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from runbook.changes.consequences.model import (
    Consequence,
    Kind,
    Rule,
    removed,
    turned_off,
)
from runbook.changes.review import Danger

_GUIDE = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide"
_TRAILS = f"{_GUIDE}/cloudtrail-create-and-update-a-trail.html"
_LOGS = f"{_GUIDE}/monitor-cloudtrail-log-files-with-cloudwatch-logs.html"
_EVENTS = f"{_GUIDE}/filtering-data-events.html"
_ANY = ("EndsWith", "Equals", "StartsWith")
_NONE = ("NotEndsWith", "NotEquals", "NotStartsWith")
Fields = Mapping[str, Mapping[str, JsonValue]]
"""What a selector asks of each field of an event."""


def _trail(words: str) -> Rule:
    return turned_off(Consequence(words, _TRAILS, danger=Danger.WEAKENED))


def _advanced(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge selectors: each of those before has to be covered by one of those after."""
    new = [*map(_fields, _listed(after))]
    if any(not any(_covers(other, one) for other in new) for one in map(_fields, _listed(before))):
        yield _NARROWER


def _plain(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge selectors of the older kind: none may be gone."""
    if any(one not in _listed(after) for one in _listed(before)):
        yield _NARROWER


_NARROWER = Consequence(
    "it no longer records all that it did, or other events", _EVENTS, danger=Danger.WEAKENED
)


def _fields(selector: JsonValue) -> Fields:
    asked = selector.get("FieldSelectors") if isinstance(selector, dict) else None
    found = [one for one in _listed(asked) if isinstance(one, dict)]
    fields = {str(one.get("Field")): one for one in found}
    return fields if len(fields) == len(found) else {}  # one that is named twice is not understood


def _covers(wide: Fields, narrow: Fields) -> bool:
    """Tell whether a selector certainly takes all that another one takes."""
    if not wide or not {*wide} <= {*narrow}:
        return False
    return all(_takes(asked, narrow[field]) for field, asked in wide.items())


def _takes(wide: Mapping[str, JsonValue], narrow: Mapping[str, JsonValue]) -> bool:
    more = all(_texts(narrow, key) <= _texts(wide, key) for key in _ANY if key in wide)
    less = all(_texts(wide, key) <= _texts(narrow, key) for key in _NONE if key in wide)
    return {*wide} <= {*narrow} and {*narrow} - {*wide} <= {*_NONE} and more and less


def _texts(asked: Mapping[str, JsonValue], key: str) -> set[str]:
    return {str(text) for text in _listed(asked.get(key))}


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


TRAIL = Kind(
    rules={
        "AdvancedEventSelectors": _advanced,
        "CloudWatchLogsLogGroupArn": removed(
            Consequence("that log group gets no more of it", _LOGS, danger=Danger.WEAKENED)
        ),
        "EnableLogFileValidation": _trail("the trail's files are no longer signed"),
        "EventSelectors": _plain,
        "IncludeGlobalServiceEvents": _trail("calls of IAM are no longer recorded"),
        "IsLogging": _trail("the trail records nothing any more"),
        "IsMultiRegionTrail": _trail("the trail records one region alone"),
    }
)
