"""What a sender's delivery log says of messages: the events of its configuration set."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from runbook.mail.notifications.explaining import explain
from runbook.mail.notifications.reading import notifications
from runbook.mail.simulator.following import Told

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

PLACE = "delivery log"
MARGIN = 60
"""Seconds that this machine's clock may be ahead."""


class DeliveryLog:
    """A sender's log group, from now on."""

    def __init__(self, client: CloudWatchLogsClient, group: str) -> None:
        self._client, self._group = client, group
        self._began = time.time() - MARGIN

    def look(self, messages: Collection[str]) -> Iterator[Told]:
        """Yield every event of these messages that the log has."""
        for message in messages:
            pages = self._client.get_paginator("filter_log_events").paginate(
                logGroupName=self._group,
                startTime=int(self._began * 1000),
                filterPattern=f'"{message}"',
            )
            for page in pages:
                for entry in page["events"]:
                    for notification in notifications(entry["message"].encode()):
                        event = explain(notification)
                        if event.message_id == message:
                            yield PLACE, event
