"""Whose review of the same stacks is open: executing one makes the other worthless."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes.context import Context
from runbook.changes.people import same, shown
from runbook.changes.prepare import LIFETIME, discard_reviewed, now
from runbook.changes.records import StoredReview
from runbook.changes.review import StackReview
from runbook.changes.text import moment


def refuse_open(context: Context, stacks: Collection[str], *, replace: bool) -> None:
    """Refuse stacks of which somebody else has a review open, or discard it where asked to.

    One's own is replaced by preparing again. A review is open for a day, until it is executed or
    discarded.
    """
    for found, names in _open(context, stacks):
        who = shown(found.prepared_by, found.review.prepared_by)
        if not replace:
            raise UserError(
                f"{', '.join(names)}: review {found.review.id} by {who} is open until "
                f"{moment(found.review.execute_before)}.",
                f"Wait until it is executed, or have it discarded: groundwork changes discard "
                f"{found.review.id}. To discard it yourself and go on: --replace",
            )
        for stack in found.review.changed:
            discard_reviewed(stack)
        context.console.print(f"Review {found.review.id} by {who} is discarded.", markup=False)


def _open(context: Context, stacks: Collection[str]) -> Iterator[tuple[StoredReview, list[str]]]:
    """Yield others' reviews that could still be executed, with the stacks that are in both."""
    records = context.records
    for found in records.since(now() - LIFETIME):
        both = [stack for stack in found.review.changed if stack.name in stacks]
        others = not same(found.prepared_by, records.writer)
        if others and not records.executions(found.review) and any(map(_waits, both)):
            yield found, [stack.name for stack in both]


def _waits(stack: StackReview) -> bool:
    """Tell whether a change set can still be executed."""
    try:
        found = aws.cloudformation(stack.region).describe_change_set(
            ChangeSetName=stack.change_set or ""
        )
    except ClientError as error:
        if aws.code(error) not in ("ChangeSetNotFound", "ValidationError"):
            raise
        return False
    return found["ExecutionStatus"] == "AVAILABLE"
