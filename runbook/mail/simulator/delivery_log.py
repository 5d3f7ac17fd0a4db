"""What a sender's delivery log says of messages: the events of its configuration set."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from runbook.mail.notifications.explaining import Explanation, explain
from runbook.mail.notifications.reading import notifications

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

PAUSE = 3.0
"""Seconds between two looks into the log."""
MARGIN = 60
"""Seconds that this machine's clock may be ahead."""


def await_events(
    client: CloudWatchLogsClient, group: str, expected: Mapping[str, str], seconds: float
) -> dict[str, list[Explanation]]:
    """Wait until each message, by its id, has its expected event in the log; return all events."""
    began = time.time() - MARGIN
    end = time.monotonic() + seconds
    found: dict[str, list[Explanation]] = {}
    while True:
        for message, event in expected.items():
            if event not in [each.event for each in found.get(message, ())]:
                found[message] = list(_events(client, group, message, began))
        missing = [
            message
            for message, event in expected.items()
            if event not in [each.event for each in found[message]]
        ]
        left = end - time.monotonic()
        if not missing or left <= 0:
            return found
        time.sleep(min(PAUSE, left))


def _events(
    client: CloudWatchLogsClient, group: str, message: str, began: float
) -> Iterator[Explanation]:
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=int(began * 1000), filterPattern=f'"{message}"'
    )
    for page in pages:
        for entry in page["events"]:
            for notification in notifications(entry["message"].encode()):
                event = explain(notification)
                if event.message_id == message:
                    yield event
