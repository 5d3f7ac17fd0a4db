"""The execution by the command itself, where the account has no state machine yet.

A record says that it begins, and another one how it ended: only once the stacks are seen to be
guarded. Until then whatever looks at the records goes on guarding: the watchdog beside this
process, and every later command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from runbook.base.errors import UserError
from runbook.changes.alive import executing
from runbook.changes.context import Context
from runbook.changes.execute import execute
from runbook.changes.prepare import now
from runbook.changes.progress import watching
from runbook.changes.records import StoredReview
from runbook.changes.repair import guard_idle
from runbook.changes.review import Execution, ExecutionStatus, Review, StackReview
from runbook.changes.stores import Folder
from runbook.changes.text import moment
from runbook.changes.watchdog import watching_over
from runbook.drift.reviewed import refuse_new_in


def run(context: Context, found: StoredReview, lifted: tuple[str, ...]) -> None:
    """Execute a review. The stack policy is lifted for the items that are named, and no others."""
    with _alive(context, found):
        resumed = bool(context.records.executions(found.review))
        _record(context, found, lifted, ExecutionStatus.BEGUN)
        try:
            _execute(context, found.review, lifted, resumed=resumed)
        except BaseException as error:
            _failed(context, found, lifted, error)
            raise
        _record(context, found, lifted, ExecutionStatus.DONE)


def refuse_expired(review: Review) -> None:
    """Refuse a review whose day is over."""
    if now() > review.execute_before:
        raise UserError(
            f"Review {review.id} expired at {moment(review.execute_before)}.",
            "Prepare again: the account may have changed since.",
        )


@contextmanager
def _alive(context: Context, found: StoredReview) -> Iterator[None]:
    """Keep other commands from the guards, and have these put back if this process is killed."""
    store = context.records.store
    if not isinstance(store, Folder):
        yield
        return
    names = (stack.name for stack in found.review.changed)
    with executing(store, names), watching_over(context, store.folder, found.review.id):
        yield


def _execute(context: Context, review: Review, lifted: tuple[str, ...], *, resumed: bool) -> None:
    names = {stack.name for stack in review.changed}

    def look_again(stack: StackReview) -> None:
        if resumed or {*stack.depends_on} & names - {stack.name}:
            refuse_expired(review)
            refuse_new_in(review, stack)

    with watching(context.console, review) as watch:
        execute(review, watch, lifted=lifted, look_again=look_again)


def _failed(
    context: Context, found: StoredReview, lifted: tuple[str, ...], error: BaseException
) -> None:
    """Record a failure once all is guarded. An interruption is none yet: a thread may still run."""
    watched = isinstance(context.records.store, Folder)
    if watched and not isinstance(error, Exception):
        return
    with suppress(BotoCoreError, ClientError, UserError):  # what went wrong first is what is said
        over, _ = guard_idle(found.review.changed) if watched else (True, [])
        if over:
            failure = str(error) or "interrupted"
            _record(context, found, lifted, ExecutionStatus.FAILED, failure)


def _record(
    context: Context,
    found: StoredReview,
    lifted: tuple[str, ...],
    status: ExecutionStatus,
    message: str = "",
) -> None:
    execution = Execution(
        review=found.review.id,
        digest=found.digest,
        executed_by=context.caller.arn,
        executed_at=datetime.now(UTC),
        status=status,
        change_sets=tuple(stack.change_set or "" for stack in found.review.changed),
        lifted=lifted,
        message=message,
    )
    context.records.save_execution(execution)
