"""Whom a bucket tells of what happens to its objects: no longer, or of other events.

Who is told anew is a destination.
<https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html>
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import JsonValue

from runbook.changes.consequences.model import Consequence, is_on
from runbook.changes.parts import Danger

_PAGE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html"
_TOLD = {
    "LambdaConfigurations": "Function",
    "QueueConfigurations": "Queue",
    "TopicConfigurations": "Topic",
}
_BRIDGE = "EventBridge"


def notifications(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge a bucket's notifications."""
    old, new = ({*_told(side)} for side in (before, after))
    names = [{name for name, _ in side} for side in (old, new)]
    if gone := ", ".join(sorted(names[0] - names[1])):
        yield Consequence(f"no longer told of objects: {gone}", _PAGE, danger=Danger.WEAKENED)
    if other := ", ".join(sorted({name for name, _ in old ^ new} & names[0] & names[1])):
        yield Consequence(f"told of other events: {other}", _PAGE, danger=Danger.WEAKENED)
    if _BRIDGE in names[1] - names[0]:
        yield Consequence("every event goes to EventBridge", _PAGE, danger=Danger.SENDS)


def _told(configuration: JsonValue) -> Iterator[tuple[str, str]]:
    """Yield who is told, and of what."""
    parts = configuration if isinstance(configuration, dict) else {}
    for kind, key in _TOLD.items():
        found = parts.get(kind)
        for one in found if isinstance(found, list) else ():
            if isinstance(one, dict):
                rest = {name: value for name, value in one.items() if name != key}
                yield str(one.get(key)), json.dumps(rest, sort_keys=True)
    bridge = parts.get("EventBridgeConfiguration")
    if isinstance(bridge, dict) and is_on(bridge.get("EventBridgeEnabled"), True):
        yield _BRIDGE, ""
