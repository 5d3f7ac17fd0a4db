"""Messages are followed by the events in the sender's delivery log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from runbook.mail.simulator.delivery_log import await_events

GROUP = "delivery-log"


def entry(message: str, event: str) -> dict[str, str]:
    detail = {"eventType": event, "mail": {"messageId": message}}
    return {"message": json.dumps({"source": "aws.ses", "detail": detail})}


@pytest.fixture
def logs() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client("logs", region_name="us-east-1")
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


def answer(stubber: Stubber, message: str, *entries: dict[str, str]) -> None:
    asked = {"logGroupName": GROUP, "startTime": ANY, "filterPattern": f'"{message}"'}
    stubber.add_response("filter_log_events", {"events": [*entries]}, asked)


def test_it_waits_until_each_message_has_its_event(
    logs: tuple[Any, Stubber], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, stubber = logs
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    answer(stubber, "1", entry("1", "Send"))
    answer(stubber, "2", entry("2", "Send"), entry("2", "Bounce"))
    answer(stubber, "1", entry("1", "Send"), entry("1", "Delivery"))
    found = await_events(client, GROUP, {"1": "Delivery", "2": "Bounce"}, 60)
    assert [event.event for event in found["1"]] == ["Send", "Delivery"]
    assert [event.event for event in found["2"]] == ["Send", "Bounce"]
    assert len(waited) == 1


def test_it_stops_when_the_time_is_over(logs: tuple[Any, Stubber]) -> None:
    client, stubber = logs
    answer(stubber, "1", entry("1", "Send"), entry("10", "Bounce"))
    found = await_events(client, GROUP, {"1": "Bounce"}, 0)
    assert [event.event for event in found["1"]] == ["Send"]
