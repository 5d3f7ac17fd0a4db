"""The time that an execution may take."""

from __future__ import annotations

import json
import threading
from contextvars import copy_context
from typing import Any

from embedded.gaps._ministack import service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="An execution that takes longer than its definition's `TimeoutSeconds` ends as timed out.",
    page="https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html",
    ministack="It runs on: the field counts in a task alone.",
    effect=Effect.STRICTER,
)


def install() -> None:
    """Have a clock run beside each execution."""
    states = service("stepfunctions")
    run = states._run_execution

    def run_execution(arn: str) -> None:
        execution = states._executions.get(arn) or {}
        machine = states._state_machines.get(execution.get("stateMachineArn"), {})
        seconds = json.loads(machine.get("definition", "{}")).get("TimeoutSeconds")
        clock = threading.Timer(seconds or 0, copy_context().run, (_end, execution))
        clock.daemon = True
        if seconds:
            clock.start()
        try:
            run(arn)
        finally:
            clock.cancel()

    states._run_execution = run_execution


def _end(execution: dict[str, Any]) -> None:
    if execution["status"] != "RUNNING":
        return
    states = service("stepfunctions")
    execution.update(status="TIMED_OUT", stopDate=states.now_iso())
    states._add_event(execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {}})
    states._emit_execution_status_event(execution)
