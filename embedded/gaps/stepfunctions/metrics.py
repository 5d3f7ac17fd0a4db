"""What CloudWatch counts of executions."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from embedded.gaps._ministack import service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="CloudWatch counts how executions end, by the ARN of the state machine.",
    page="https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
    ministack="It counts none: an alarm on them stays as it began.",
    effect=Effect.CAPABLE,
)

METRICS: Mapping[str, str] = {
    "ABORTED": "ExecutionsAborted",
    "FAILED": "ExecutionsFailed",
    "RUNNING": "ExecutionsStarted",
    "SUCCEEDED": "ExecutionsSucceeded",
    "TIMED_OUT": "ExecutionsTimedOut",
}


def install() -> None:
    """Count wherever a change of status is published."""
    states = service("stepfunctions")
    pristine = states._emit_execution_status_event

    def emit(execution: dict[str, Any]) -> None:
        pristine(execution)
        machine = {"StateMachineArn": execution["stateMachineArn"]}
        name = METRICS[execution["status"]]
        cloudwatch = service("cloudwatch")
        cloudwatch.record_metric("AWS/States", name, 1, "Count", machine)
        with suppress(RuntimeError):  # a stack is making alarms: they are evaluated with the next
            cloudwatch._evaluate_all_alarms()

    states._emit_execution_status_event = emit
