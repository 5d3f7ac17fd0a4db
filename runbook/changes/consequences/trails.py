"""Trails of CloudTrail: what is no longer recorded of what people do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import JsonValue

from runbook.changes.consequences.model import (
    Consequence,
    Kind,
    Rule,
    is_on,
    removed,
    turned_off,
)
from runbook.changes.parts import Danger

_GUIDE = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide"
_TRAILS = f"{_GUIDE}/cloudtrail-create-and-update-a-trail.html"
_LOGS = f"{_GUIDE}/monitor-cloudtrail-log-files-with-cloudwatch-logs.html"
_EVENTS = f"{_GUIDE}/filtering-data-events.html"
_ANY = ("EndsWith", "Equals", "StartsWith")
_NONE = ("NotEndsWith", "NotEquals", "NotStartsWith")
Fields = Mapping[str, Mapping[str, JsonValue]]
"""What a selector asks of each field of an event."""


def _trail(words: str, default: bool = False) -> Rule:
    return turned_off(Consequence(words, _TRAILS, danger=Danger.WEAKENED), default)


def _advanced(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge selectors: each of those before has to be covered by one of those after.

    A trail without any records all management events.
    """
    old, new = ([*map(_fields, _listed(side) or [_MANAGEMENT])] for side in (before, after))
    if any(not any(_covers(other, one) for other in new) for one in old):
        yield _NARROWER


def _plain(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge selectors of the older kind by what they record, part by part. Without any, see above.

    <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html>
    """
    old, new = ({*_recorded(_listed(side) or [{}])} for side in (before, after))
    if any(not any(map(part.is_within, new)) for part in old):
        yield _NARROWER


class _Part(NamedTuple):
    """Something that a selector of the older kind records: reading or writing of one sort."""

    writes: bool
    sort: str
    begins: str = ""
    """How the ARN of a resource begins."""
    without: frozenset[str] = frozenset()
    """Services whose events are left out."""

    def is_within(self, other: _Part) -> bool:
        """Tell whether another part records all that this one does."""
        same = (self.writes, self.sort) == (other.writes, other.sort)
        return same and self.begins.startswith(other.begins) and other.without <= self.without


def _recorded(selectors: list[JsonValue]) -> Iterator[_Part]:
    """Yield the parts of selectors. What is no selector records nothing that is known."""
    for one in selectors:
        asked = one if isinstance(one, dict) else {"ReadWriteType": "None"}
        kinds = {"All": (False, True), "ReadOnly": (False,), "WriteOnly": (True,)}
        without = frozenset(map(str, _listed(asked.get("ExcludeManagementEventSources"))))
        for writes in kinds.get(str(asked.get("ReadWriteType", "All")), ()):
            if is_on(asked.get("IncludeManagementEvents"), True):
                yield _Part(writes, "management", without=without)
            for data in _listed(asked.get("DataResources")):
                sort = data if isinstance(data, dict) else {}
                for begins in _listed(sort.get("Values")):
                    yield _Part(writes, str(sort.get("Type")), str(begins))


_MANAGEMENT: JsonValue = {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}


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
        "IncludeGlobalServiceEvents": _trail("calls of IAM are no longer recorded", True),
        "SnsTopicName": removed(
            Consequence(
                "that topic is no longer told of new files", _TRAILS, danger=Danger.WEAKENED
            )
        ),
        "IsLogging": _trail("the trail records nothing any more"),
        "IsMultiRegionTrail": _trail("the trail records one region alone"),
    }
)

KINDS: Mapping[str, Kind] = {
    "AWS::CloudTrail::Trail": TRAIL,
}
