"""An execution that is started again under its own name."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import Response, responses, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="Starting a running execution again, by the same name and with the same input, succeeds.",
    page="https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html",
    ministack="It refuses the name, as AWS does for another input or an execution that has ended.",
    effect=Effect.CAPABLE,
)


def install() -> None:
    """Answer with the execution that runs."""
    states = service("stepfunctions")
    pristine = states._start_execution

    def start_execution(data: dict[str, Any]) -> Response:
        machine = states._state_machines.get(data.get("stateMachineArn", ""), {})
        arn = data.get("stateMachineArn", "").replace(":stateMachine:", ":execution:")
        running = states._executions.get(f"{arn}:{data.get('name')}")
        same = running and running["status"] == "RUNNING" and running["input"] == data.get("input")
        if machine and running and same:
            found = {"executionArn": running["executionArn"], "startDate": running["startDate"]}
            answer: Response = responses.json_response(found)
            return answer
        refused: Response = pristine(data)
        return refused

    states._start_execution = start_execution
