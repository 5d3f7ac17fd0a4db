"""Rules whose target is a state machine."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from embedded.gaps._ministack import Properties, account, iam_evaluator, region, service
from embedded.gaps.eventbridge import _dead_letters
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A rule starts a state machine as the role that its target names. What that role may not "
        "do is counted as a failed invocation, and goes to the target's dead-letter queue."
    ),
    page="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html",
    ministack="It starts the state machine, whatever the role may do, and counts nothing.",
    effect=Effect.STRICTER,
)
MARK = ":stateMachine:"


def install() -> None:
    """Ask the role; every other target is ministack's."""
    module = service("eventbridge")
    invoke = module._invoke_target

    def invoke_target(target: Properties, event: Any, rule: Any, view: Any = None) -> None:
        if MARK in str(target.get("Arn", "")) and not _may_start(target):
            shown = (view or module._pattern_event_view(event)).event_with_detail()
            _dead_letters.keep(target, rule, json.dumps(shown), "NO_PERMISSIONS")
            _count(rule["Name"])
            return
        invoke(target, event, rule, view)

    module._invoke_target = invoke_target


def _may_start(target: Properties) -> bool:
    role = str(target.get("RoleArn", ""))
    name = role.rpartition("/")[2]
    if name not in service("iam")._roles:
        return False
    context = iam_evaluator.EvalContext(
        principal_arn=role,
        principal_type="AssumedRole",
        principal_account=account(),
        action="states:StartExecution",
        resource_arn=target["Arn"],
        region=region(),
    )
    policies = iam_evaluator._gather_role_policies(name, account())
    return bool(iam_evaluator.evaluate(context, policies).decision == "Allow")


def _count(rule: str) -> None:
    cloudwatch = service("cloudwatch")
    cloudwatch.record_metric("AWS/Events", "FailedInvocations", 1, "Count", {"RuleName": rule})
    with suppress(RuntimeError):  # a stack is making alarms: they are evaluated with the next
        cloudwatch._evaluate_all_alarms()
