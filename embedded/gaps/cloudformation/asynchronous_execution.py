"""`ExecuteChangeSet` returns before the stack changes."""

from __future__ import annotations

import asyncio
from typing import Any

from embedded.gaps._ministack import (
    Handler,
    Properties,
    Response,
    changesets,
    cloudformation,
    handlers,
    stacks,
    wrap_action,
)
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "An execution starts after `ExecuteChangeSet` has returned: for a moment the stack is "
        "still in the state that it was in."
    ),
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/"
        "API_ExecuteChangeSet.html"
    ),
    ministack="The stack is in progress before the call returns.",
    effect=Effect.STRICTER,
)
# Long enough to be seen by a client that looks at once, short enough for the tests.
DELAY_SECONDS = 0.3


def install() -> None:
    """Answer at once, and execute later."""
    wrap_action("ExecuteChangeSet", _later)


def _later(execute: Handler) -> Handler:
    def execute_change_set(params: dict[str, Any]) -> Response:
        name, stack_name = handlers._p(params, "ChangeSetName"), handlers._p(params, "StackName")
        _, change_set = changesets._find_change_set(name, stack_name)
        stack = cloudformation._stacks.get((change_set or {}).get("StackName"))
        if not change_set or not stack or change_set["ExecutionStatus"] != "AVAILABLE":
            return execute(params)
        change_set["ExecutionStatus"] = "EXECUTE_IN_PROGRESS"
        coroutine = _execute(execute, params, change_set)
        stacks._create_stack_task_in_region(coroutine, stack, stack["StackId"])
        empty = "<ExecuteChangeSetResult></ExecuteChangeSetResult>"
        accepted: Response = handlers._xml(200, "ExecuteChangeSetResponse", empty)
        return accepted

    return execute_change_set


async def _execute(execute: Handler, params: dict[str, Any], change_set: Properties) -> None:
    await asyncio.sleep(DELAY_SECONDS)
    change_set["ExecutionStatus"] = "AVAILABLE"
    status, _, _ = execute(params)
    if status >= 300:
        change_set["ExecutionStatus"] = "EXECUTE_FAILED"
