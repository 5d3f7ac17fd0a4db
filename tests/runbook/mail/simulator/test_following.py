"""Messages are followed until everybody whom the file names was told, or the time is over."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from runbook.mail.notifications.explaining import explain
from runbook.mail.simulator.delivery_log import PLACE, DeliveryLog
from runbook.mail.simulator.destinations import Topic, topics
from runbook.mail.simulator.following import Arrival, Told, follow
from settings import parse
from tests import sleeping
from tests.builders import sender
from tests.conftest import ACCOUNT

GROUP = "delivery-log"


def event(message: str, kind: str) -> dict[str, Any]:
    return {"eventType": kind, "mail": {"messageId": message}}


class Answers:
    """A place that is told a little more each time that somebody looks."""

    def __init__(self, *answers: list[tuple[str, str]]) -> None:
        self.answers = [*answers]

    def look(self, messages: Collection[str]) -> Iterator[Told]:
        for message, kind in self.answers.pop(0) if self.answers else []:
            yield "topic t", explain(event(message, kind))


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    sleeping.replaced(monkeypatch, found.append)
    return found


def test_it_waits_until_everything_has_arrived(waited: list[float]) -> None:
    expected = [Arrival("topic t", "1", "Delivery"), Arrival("topic t", "2", "Bounce")]
    source = Answers([("1", "Send"), ("2", "Bounce")], [("1", "Delivery")])
    found = follow([source], expected, 60)
    assert found.keys() > {*expected}
    assert len(waited) == 1


def test_it_stops_when_the_time_is_over(waited: list[float]) -> None:
    expected = [Arrival("topic t", "1", "Bounce")]
    assert follow([Answers([("1", "Send")])], expected, 0).keys().isdisjoint(expected)
    assert waited == []


def test_a_log_tells_of_the_messages_that_it_is_asked_for() -> None:
    client = boto3.client("logs", region_name="us-east-1")
    entries = [
        {"message": json.dumps({"source": "aws.ses", "detail": event(message, "Bounce")})}
        for message in ("1", "10")
    ]
    asked = {"logGroupName": GROUP, "startTime": ANY, "filterPattern": '"1"'}
    with Stubber(client) as stubber:
        stubber.add_response("filter_log_events", {"events": entries}, asked)
        ((place, found),) = DeliveryLog(client, GROUP).look({"1"})
    assert (place, found.event, found.message_id) == (PLACE, "Bounce", "1")


DECLARED = f"""{ACCOUNT}region: us-east-1
environment: test
mail:
  domains:
    example.org: {{configuration_set: system, notify: [team@example.org]}}
    sub.example.org: {{configuration_set: system}}
  addresses:
    ceo@example.org: {{configuration_set: system, notify: [ceo@example.org]}}
  configuration_sets:
    system: {{events: [reject, bounce, delivery-delay]}}
  senders:
    app: {sender("app@example.org", bounces_to=["app@example.org"])}
    sub: {sender("app@sub.example.org")}
    ceo: {sender("ceo@example.org")}
"""


@pytest.mark.parametrize(
    ("name", "address", "told"),
    [
        (
            "app",
            "app@example.org",
            {
                "test-system-events": {"Reject", "Bounce", "DeliveryDelay"},
                "test-system-bounces": {"Bounce"},
                "test-example-org": {"Bounce", "Complaint"},
            },
        ),
        ("sub", "app@sub.example.org", {"test-system-events": ANY}),
        ("ceo", "ceo@example.org", {"test-system-events": ANY, "test-ceo-example-org": ANY}),
    ],
)
def test_the_topics_are_those_of_the_set_the_contacts_and_the_identity(
    name: str, address: str, told: dict[str, Any]
) -> None:
    found = topics(parse(DECLARED), name, address, "us-east-1")
    assert {topic.name: topic.events for topic in found} == told


def test_contacts_are_asked_by_their_own_filter() -> None:
    found = topics(parse(DECLARED), "app", "app@example.org", "us-east-1")
    assert [topic for topic in found if topic.filter] == [
        Topic(
            "arn:aws:sns:us-east-1:123456789012:test-system-bounces",
            frozenset({"Bounce"}),
            {
                "bounce": {"bounceType": ["Permanent"]},
                "mail": {"tags": {"ses:caller-identity": ["test-app"]}},
            },
        )
    ]
