"""Putting back what an execution by the command left lifted, because it was killed.

Without a state machine nothing else does: so every later command looks, and `groundwork doctor`
names what is not guarded, whoever left it so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes.change_set import find_stack
from runbook.changes.context import Context
from runbook.changes.execute import guard_again
from runbook.changes.guards import unguarded
from runbook.changes.records import StoredReview
from runbook.changes.review import Execution, ExecutionStatus, Review, StackReview
from runbook.changes.stores import Folder


def put_back(context: Context) -> None:
    """Guard the stacks of executions that this machine's records have begun and not ended.

    A stack on which CloudFormation still works is left alone: the execution may be alive, and the
    next command looks again.
    """
    for found in _unfinished(context):
        lifted = [stack for stack in found.review.changed if _is_lifted(stack)]
        for stack in lifted:
            guard_again(stack)
        if lifted:
            names = ", ".join(stack.name for stack in lifted)
            text = (
                f"The execution of review {found.review.id} was killed; {names} is guarded again."
            )
            context.console.print(text, markup=False, soft_wrap=True)
            context.records.save_execution(_ended(context, found))


def _unfinished(context: Context) -> Iterator[StoredReview]:
    if not isinstance(context.records.store, Folder):
        return
    for _, found in context.records.reviews():
        if found and _is_begun(context, found.review):
            yield found


def _is_begun(context: Context, review: Review) -> bool:
    """Tell whether a review's last record is of a beginning. One that is damaged stops nobody."""
    try:
        executions = context.records.executions(review)
    except UserError as error:
        text = f"executions/{review.id} in {context.records.store.place}: {error}"
        context.console.print(text, markup=False, soft_wrap=True)
        return False
    return bool(executions) and executions[-1].status is ExecutionStatus.BEGUN


def _is_lifted(stack: StackReview) -> bool:
    client = aws.cloudformation(stack.region)
    current = find_stack(client, stack.name)
    if current is None or current["StackStatus"].endswith("_IN_PROGRESS"):
        return False
    protected = current.get("EnableTerminationProtection", False)
    return not protected or bool(unguarded(client, stack.name))


def _ended(context: Context, found: StoredReview) -> Execution:
    return Execution(
        review=found.review.id,
        digest=found.digest,
        executed_by=context.caller.arn,
        executed_at=datetime.now(UTC),
        status=ExecutionStatus.FAILED,
        change_sets=tuple(stack.change_set or "" for stack in found.review.changed),
        message="It was killed, and its stacks were guarded again.",
    )
