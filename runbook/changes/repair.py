"""Putting back what an execution by the command left lifted, because it was killed.

Its watchdog does so at once. Where that was killed with it, as when a machine loses its power,
every later command looks; and `groundwork doctor` names what is not guarded, whoever left it so.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

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


def put_back(console: Console, caller: aws.Caller, records: Records) -> None:
    """Guard the stacks of executions that this machine's records have begun and not ended.

    An execution that is alive is left alone, and so is a stack on which CloudFormation still works:
    the next command looks again. Once it works on none, the end is recorded.
    """
    if not isinstance(records.store, Folder):
        return
    for _, found in records.reviews():
        if found and _is_begun(console, records, found.review):
            with unless_executing(records.store, found) as dead:
                if dead and _is_guarded(console, found.review):
                    records.save_execution(_ended(caller, found))


def _is_guarded(console: Console, review: Review) -> bool:
    """Guard the stacks that are left lifted, and tell whether CloudFormation works on none."""
    busy = any(map(_is_busy, review.changed))  # first: one that ends meanwhile is looked at again
    if lifted := [stack for stack in review.changed if _is_lifted(stack)]:
        _guard(console, review, lifted)
    return not busy


def _guard(console: Console, review: Review, lifted: Collection[StackReview]) -> None:
    for stack in lifted:
        guard_again(stack)
    names = ", ".join(stack.name for stack in lifted)
    text = f"The execution of review {review.id} was killed; {names} is guarded again."
    console.print(text, markup=False, soft_wrap=True)


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
    current = find_stack(aws.cloudformation(stack.region), stack.name)
    status = current["StackStatus"] if current else ""
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def _is_lifted(stack: StackReview) -> bool:
    client = aws.cloudformation(stack.region)
    current = find_stack(client, stack.name)
    if current is None or current["StackStatus"].endswith("_IN_PROGRESS"):
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
        message="It was killed. Its stacks are guarded.",
    )
