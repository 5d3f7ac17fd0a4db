"""Rules whose target is a log group."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from embedded.gaps._ministack import Properties, iam_evaluator, service
from embedded.gaps.eventbridge import _dead_letters
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A rule writes its events to a log group, if a resource policy of CloudWatch Logs lets it. "
        "What it may not write, or to a group that is gone, goes to the target's dead-letter "
        "queue, if the queue's policy lets it."
    ),
    page=(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/"
        "eb-use-resource-based.html#eb-cloudwatchlogs-permissions"
    ),
    ministack="It takes such a target, and drops the events.",
    effect=Effect.CAPABLE,
)
WRITERS = ("events.amazonaws.com", "delivery.logs.amazonaws.com")
MARK = ":log-group:"


def install() -> None:
    """Write to log groups; every other target is ministack's."""
    module = service("eventbridge")
    invoke = module._invoke_target

    def invoke_target(target: Properties, event: Any, rule: Any, view: Any = None) -> None:
        arn = str(target.get("Arn", ""))
        if MARK not in arn:
            invoke(target, event, rule, view)
            return
        shown = json.dumps((view or module._pattern_event_view(event)).event_with_detail())
        group = arn.partition(MARK)[2]
        if not _is_allowed(arn):
            _dead_letters.keep(target, rule, shown, "NO_PERMISSIONS")
        elif group not in service("cloudwatch_logs")._log_groups:
            _dead_letters.keep(target, rule, shown, "NO_RESOURCE")
        else:
            _write(group, shown)

    module._invoke_target = invoke_target


def _is_allowed(arn: str) -> bool:
    policies = service("cloudwatch_logs")._resource_policies.values()
    return any(
        iam_evaluator.evaluate_resource_policy(
            policy["policyDocument"], _context(arn), service=writer
        ).decision
        == "Allow"
        for policy in policies
        for writer in WRITERS
    )


def _context(arn: str) -> Any:
    return iam_evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="logs:PutLogEvents",
        resource_arn=f"{arn}:log-stream:any",
        region=arn.split(":")[3],
        service_context={},
    )


def _write(group: str, message: str) -> None:
    logs = service("cloudwatch_logs")
    named = {"logGroupName": group, "logStreamName": uuid.uuid4().hex}
    logs._create_log_stream(named)
    event = {"timestamp": int(time.time() * 1000), "message": message}
    logs._put_log_events({**named, "logEvents": [event]})
