"""The events of a configuration set: where they go, and what they say.

Every message is delivered, but to the mailbox simulator and to suppressed addresses. Opens, clicks
and delays do not happen here.
"""

from __future__ import annotations

import json
from typing import Any

from embedded.gaps._ministack import Properties, account, service
from embedded.gaps.gap import Effect, Gap
from embedded.gaps.ses._mail import Mail, arn, describe, headers, outcomes
from embedded.gaps.ses._send import Send, after_sending

GAP = Gap(
    aws=(
        "The events of a message go to the destinations of its configuration set: SNS topics, an "
        "event bus, CloudWatch metrics. The account has metrics in any case."
    ),
    page="https://docs.aws.amazon.com/ses/latest/dg/monitor-using-event-publishing.html",
    ministack="It keeps the destinations, and sends nothing to them.",
    effect=Effect.CAPABLE,
)
# The name of a kind in a destination, its metric, and its type on an event bus.
KINDS = {
    "Send": ("SEND", "Email Sent"),
    "Delivery": ("DELIVERY", "Email Delivered"),
    "Bounce": ("BOUNCE", "Email Bounced"),
    "Complaint": ("COMPLAINT", "Email Complaint Received"),
}


def install() -> None:
    """Publish once a message was taken."""
    after_sending(_publish)


def _publish(send: Send, message_id: str, caller: str) -> None:
    used = send.configuration_set_in_use
    common = describe(send, message_id) | headers(send, message_id)
    common["tags"] = _tags(send, used, caller)
    found: list[tuple[str, Mail]] = [("Send", {"send": {}})]
    for recipient in send.recipients:
        found += outcomes(send, recipient)
    for kind, details in found:
        event = {"eventType": kind, "mail": common, **details}
        _count(kind, {})
        for destination in _destinations(used, kind):
            _deliver(destination, used, kind, event, send)


def _tags(send: Send, used: str, caller: str) -> dict[str, list[str]]:
    return {
        "ses:operation": [send.action],
        "ses:configuration-set": [used],
        "ses:source-ip": ["127.0.0.1"],
        "ses:from-domain": [send.sender.rpartition("@")[2].rstrip(">")],
        "ses:caller-identity": [caller],
        **send.tags,
    }


def _destinations(used: str, kind: str) -> list[Properties]:
    configured = service("ses_v2")._config_sets.get(used, {}).get("EventDestinations") or {}
    return [
        destination
        for destination in configured.values()
        if destination.get("Enabled") and KINDS[kind][0] in destination["MatchingEventTypes"]
    ]


def _deliver(destination: Properties, used: str, kind: str, event: Mail, send: Send) -> None:
    source = arn(f"configuration-set/{used}")
    if topic := (destination.get("SnsDestination") or {}).get("TopicArn"):
        publish(topic, event, source, "Amazon SES Email Event Notification")
    if bus := (destination.get("EventBridgeDestination") or {}).get("EventBusArn"):
        entry = {
            "Source": "aws.ses",
            "DetailType": KINDS[kind][1],
            "Detail": json.dumps(event),
            "EventBusName": bus,
            "Resources": [source],
        }
        service("eventbridge")._put_events({"Entries": [entry]}, allow_aws_source=True)
    if metrics := destination.get("CloudWatchDestination"):
        _count(kind, _dimensions(metrics["DimensionConfigurations"], event, send))


def publish(topic: str, event: Mail, source: str, subject: str) -> bool:
    """Publish to a topic if its policy lets SES, for this source; whether it did."""
    sns = service("sns")
    if not sns.topic_policy_allows(topic, "ses.amazonaws.com", source, account()):
        return False
    return sns.publish_internal(topic, json.dumps(event), subject) is not None


def _dimensions(configured: list[Properties], event: Mail, send: Send) -> dict[str, str]:
    found = {}
    for dimension in configured:
        name = dimension["DimensionName"]
        value = (event["mail"]["tags"].get(name) or [""])[0]
        if dimension["DimensionValueSource"] == "EMAIL_HEADER":
            value = send.header(name)
        found[name] = value or dimension["DefaultDimensionValue"]
    return found


def _count(kind: str, dimensions: dict[str, str]) -> None:
    named: list[Any] = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    datum = {"MetricName": kind, "Dimensions": named, "Value": 1, "Unit": "Count"}
    request = {"Namespace": "AWS/SES", "MetricData": [datum]}
    service("cloudwatch")._put_metric_data({}, request, False, True)
