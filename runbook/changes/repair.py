"""Putting back what an execution by the command left lifted, because it was killed.

Its watchdog does so at once. Where that was killed with it, as when a machine loses its power,
every later command looks; and `groundwork doctor` names what is not guarded, whoever left it so.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from botocore.exceptions import ClientError
from rich.console import Console

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes.alive import unless_executing
from runbook.changes.change_set import find_stack
from runbook.changes.guarding import guard, is_lifted
from runbook.changes.records import Records, StoredReview
from runbook.changes.review import Execution, ExecutionStatus, StackReview
from runbook.changes.stores import Folder


def put_back(console: Console, caller: aws.Caller, records: Records) -> bool:
    """Guard the stacks of executions that this machine's records have begun and not ended.

    A stack is left alone while a command executes a change of it, or CloudFormation works on it.
    Return whether there is one, or AWS has a fault that may pass. What it refuses, or cannot be
    read, is said and stops nobody.
    """
    left = False
    if isinstance(records.store, Folder):
        for identifier in records.begun():
            try:
                left |= not _put_back(console, caller, records, records.store, identifier)
            except (ClientError, UserError) as error:
                left |= _may_pass(error)
                why = aws.reason(error) if isinstance(error, ClientError) else str(error)
                text = f"The execution of review {identifier} was killed, and its stacks cannot be "
                text += f"guarded: {why} Find them: groundwork doctor"
                console.print(text, markup=False, soft_wrap=True)
    return left


def _may_pass(error: Exception) -> bool:
    """Tell a fault of AWS's own, and too many calls: the next one may be answered."""
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or aws.code(error).startswith("Throttling")


def _put_back(
    console: Console, caller: aws.Caller, records: Records, folder: Folder, identifier: str
) -> bool:
    """Guard what is lifted of a review that was killed, and tell whether that is all of it."""
    found = records.review(identifier)
    stacks = found.review.changed
    with unless_executing(folder, (stack.name for stack in stacks)) as free:
        over, again = guard_idle([stack for stack in stacks if stack.name in free])
        if again:
            names = ", ".join(again)
            text = f"The execution of review {identifier} was killed; {names} is guarded again."
            console.print(text, markup=False, soft_wrap=True)
        ended = over and len(free) == len(stacks)
        if ended and identifier in records.begun():  # another command may have seen to it meanwhile
            records.save_execution(_ended(caller, found))
    return ended


def guard_idle(stacks: Sequence[StackReview]) -> tuple[bool, list[str]]:
    """Guard what is lifted and idle: tell whether all are idle, and which were guarded again."""
    idle = [stack for stack in stacks if not _is_busy(stack)]
    lifted = [stack for stack in idle if is_lifted(stack)]
    for stack in lifted:
        guard(stack)
    return len(idle) == len(stacks), [stack.name for stack in lifted]


def _is_busy(stack: StackReview) -> bool:
    """Tell whether CloudFormation works on a stack, also where it has only just been asked to."""
    client = aws.cloudformation(stack.region)
    current = find_stack(client, stack.name)
    status = current["StackStatus"] if current else ""
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        return True
    with suppress(ClientError):  # the change set is gone with its execution
        found = client.describe_change_set(ChangeSetName=stack.change_set or "")
        return found["ExecutionStatus"] == "EXECUTE_IN_PROGRESS"
    return False


def _ended(caller: aws.Caller, found: StoredReview) -> Execution:
    return Execution(
        review=found.review.id,
        digest=found.digest,
        executed_by=caller.arn,
        executed_at=datetime.now(UTC),
        status=ExecutionStatus.FAILED,
        change_sets=tuple(stack.change_set or "" for stack in found.review.changed),
        message="It was killed or interrupted, and its stacks are guarded.",
    )
