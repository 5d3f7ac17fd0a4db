"""An execution that is stopped."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="An execution that is stopped runs no further state, and stays aborted.",
    page="https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html",
    ministack="The iterations of a Map go on calling services, and may end it as failed.",
    effect=Effect.STRICTER,
)


def install() -> None:
    """End the thread of a stopped execution where it would call a service."""
    states = service("stepfunctions")
    execute, fail = states._execute_task, states._fail_execution

    def execute_task(state: Any, given: Any, execution: Any, context: Any) -> Any:
        if execution["status"] != "RUNNING":
            raise SystemExit
        return execute(state, given, execution, context)

    def fail_execution(execution: Any, error: Any, cause: Any) -> None:
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    states._execute_task = execute_task
    states._fail_execution = fail_execution
