"""An alarm's change of state, as an event on EventBridge's default bus."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from embedded.gaps._ministack import service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="An alarm that changes its state emits an event, which rules can match.",
    page=(
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
        "cloudwatch-and-eventbridge.html"
    ),
    ministack="It publishes to the alarm's topics only.",
    effect=Effect.CAPABLE,
)


def install() -> None:
    """Emit an event beside what ministack does when an alarm changes its state."""
    cloudwatch = service("cloudwatch")
    pristine = cloudwatch._dispatch_alarm_actions

    def dispatch(alarm: dict[str, Any], before: str, after: str, reason: str) -> None:
        pristine(alarm, before, after, reason)
        _emit(alarm, before, after, reason)

    cloudwatch._dispatch_alarm_actions = dispatch


def _emit(alarm: dict[str, Any], before: str, after: str, reason: str) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
    detail = {
        "alarmName": alarm["AlarmName"],
        "configuration": {"description": alarm.get("AlarmDescription", "")},
        "previousState": {"value": before, "timestamp": now},
        "state": {"value": after, "reason": reason, "timestamp": now},
    }
    entry = {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Resources": [alarm["AlarmArn"]],
        "Detail": json.dumps(detail),
    }
    service("eventbridge")._put_events({"Entries": [entry]}, allow_aws_source=True)
