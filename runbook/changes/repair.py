"""Putting back what an execution by the command left lifted, because it was killed.

Its watchdog does so at once. Where that was killed with it, as when a machine loses its power,
every later command looks; and `groundwork doctor` names what is not guarded, whoever left it so.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack, suppress
from datetime import UTC, datetime

from botocore.exceptions import ClientError
from rich.console import Console

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes.alive import unless_executing
from runbook.changes.change_set import find_stack
from runbook.changes.execute import guard_again
from runbook.changes.guards import unguarded
from runbook.changes.records import Records, StoredReview
from runbook.changes.review import Execution, ExecutionStatus, Review, StackReview
from runbook.changes.stores import Folder


def put_back(console: Console, caller: aws.Caller, records: Records) -> bool:
    """Guard the stacks of executions that this machine's records have begun and not ended.

    An execution that is alive is left alone, with all of its stacks; none begins meanwhile. So is a
    stack on which CloudFormation still works. Return whether there is anything to look at again.
    """
    if not isinstance(records.store, Folder):
        return False
    reviews = [found for _, found in records.reviews() if found]
    begun = [found for found in reviews if _is_begun(console, records, found.review)]
    if not begun:
        return False
    dead: list[StoredReview] = []
    alive: set[str] = set()
    with ExitStack() as held:
        for found in reviews:
            if found in begun or datetime.now(UTC) <= found.review.execute_before:
                if held.enter_context(unless_executing(records.store, found)):
                    dead.append(found)
                else:
                    alive |= {stack.name for stack in found.review.changed}
        left = [
            found
            for found in begun
            if found not in dead or not _guarded(console, found.review, alive)
        ]
        for found in begun:
            if found not in left and _is_begun(console, records, found.review):
                records.save_execution(_ended(caller, found))
    return bool(left)


def _guarded(console: Console, review: Review, alive: Collection[str]) -> bool:
    """Guard what is lifted, and tell whether that is all of a review that was killed."""
    idle = [stack for stack in review.changed if stack.name not in alive and not _is_busy(stack)]
    lifted = [stack for stack in idle if _is_lifted(stack)]
    for stack in lifted:
        guard_again(stack)
    if lifted:
        names = ", ".join(stack.name for stack in lifted)
        text = f"The execution of review {review.id} was killed; {names} is guarded again."
        console.print(text, markup=False, soft_wrap=True)
    return len(idle) == len(review.changed)


def _is_begun(console: Console, records: Records, review: Review) -> bool:
    """Tell whether a review's last record is of a beginning. One that is damaged stops nobody."""
    try:
        executions = records.executions(review)
    except UserError as error:
        text = f"executions/{review.id} in {records.store.place}: {error}"
        console.print(text, markup=False, soft_wrap=True)
        return False
    return bool(executions) and executions[-1].status is ExecutionStatus.BEGUN


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


def _is_lifted(stack: StackReview) -> bool:
    client = aws.cloudformation(stack.region)
    current = find_stack(client, stack.name)
    if current is None or current["StackStatus"] == "REVIEW_IN_PROGRESS":
        return False
    protected = current.get("EnableTerminationProtection", False)
    return not protected or bool(unguarded(client, stack.name))


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
