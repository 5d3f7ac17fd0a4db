"""Who prepares which stacks: one at a time, and not while somebody else's review of one is open.

Executing one of two reviews of a stack makes the other worthless. A stack's locks are numbered
records; whoever writes the next number has it, and S3 lets one of several do that.
<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>

    locks/<stack>/<number>.json
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, ValidationError

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes.change_set import discard_reviewed
from runbook.changes.context import Context
from runbook.changes.people import same, shown
from runbook.changes.prepare import LIFETIME, now
from runbook.changes.records import Records, StoredReview
from runbook.changes.review import Review, StackReview
from runbook.changes.text import moment

LASTS = timedelta(minutes=30)
"""After which a lock is over, should whoever had it have been killed."""

Save = Callable[[Review], None]


class Lock(BaseModel):
    """That somebody prepares a stack since a moment, or no longer does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str
    """The id that AWS has of the caller; only for the message to others."""
    arn: str
    at: datetime
    free: bool = False

    @property
    def holds(self) -> bool:
        """Tell whether it keeps others out. One from the future is made up."""
        age = now() - self.at
        return not self.free and timedelta(minutes=-5) <= age < LASTS


@contextmanager
def preparing(
    context: Context, stacks: Collection[str], *, replace: bool = False
) -> Iterator[Save]:
    """Keep stacks to oneself while their change sets are made, and yield what saves the review.

    Refused where somebody else prepares one of them right now, or has a review of one open; with
    `replace` such a review is discarded. What is yielded refuses to save once another preparation
    has taken a stack over: one's own second one, or anybody's after half an hour.
    """
    taken: dict[str, int] = {}

    def save(review: Review) -> None:
        for stack, number in taken.items():
            if _newest(context.records, stack) != number:
                for made in review.changed:
                    discard_reviewed(made)
                raise UserError(f"{stack} is prepared by another run meanwhile.", "Prepare again.")
        context.records.save_review(review)

    try:
        for stack in sorted(stacks):
            taken[stack] = _take(context, stack)
        refuse_open(context, stacks, replace=replace)
        yield save
    finally:
        for stack, number in taken.items():
            with suppress(UserError):  # what went wrong first is what the person has to know
                _write(context, stack, number + 1, free=True)


def _take(context: Context, stack: str) -> int:
    """Write the next number of a stack's locks, and return it."""
    newest = _newest(context.records, stack)
    found = _read(context.records, stack, newest)
    others = found is not None and not same(found.by, context.records.writer)
    if found and others and found.holds:
        raise _taken(stack, found)
    if not _write(context, stack, newest + 1):
        raise _taken(stack, _read(context.records, stack, newest + 1))
    return newest + 1


def _taken(stack: str, lock: Lock | None) -> UserError:
    who = shown(lock.by, lock.arn) if lock else "somebody else"
    return UserError(
        f"{stack} is being prepared by {who} right now.",
        f"Wait until that is done. Killed, it ends after {LASTS.seconds // 60} minutes.",
    )


def _newest(records: Records, stack: str) -> int:
    """Return the number of a stack's newest lock, 0 where it never had one."""
    names = (name.rpartition("/")[2] for name in records.store.names(f"locks/{stack}/"))
    return max(
        (int(n) for name in names if (n := name.removesuffix(".json")).isdecimal()), default=0
    )


def _read(records: Records, stack: str, number: int) -> Lock | None:
    """Return a lock; None where there is none, or one that cannot be read: it locks nothing."""
    try:
        return Lock.model_validate_json(records.store.read(_name(stack, number)) or "")
    except ValidationError:
        return None


def _write(context: Context, stack: str, number: int, *, free: bool = False) -> bool:
    """Write a lock, and tell whether nobody else has written that number before."""
    lock = Lock(by=context.records.writer, arn=context.caller.arn, at=now(), free=free)
    return context.records.store.create(_name(stack, number), lock.model_dump_json(indent=2) + "\n")


def _name(stack: str, number: int) -> str:
    return f"locks/{stack}/{number:08}.json"


def refuse_open(context: Context, stacks: Collection[str], *, replace: bool) -> None:
    """Refuse stacks of which somebody else has a review open, or discard it where asked to.

    One's own is no hindrance. A review is open for a day, until it is executed or discarded.
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
