"""Executing change sets by their ARN, in order, and side by side where nothing depends."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.base.polling import poll
from runbook.changes import change_set
from runbook.changes.change_set import find_stack
from runbook.changes.events import Event, Watcher, cause, left_over, unseen
from runbook.changes.guarding import guard, set_policy
from runbook.changes.review import Review, StackReview

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

_AT_ONCE = 8
Look = Callable[[StackReview], None]

OTHERWISE = "CloudFormation would do something else"
AGAIN = "Prepare and review again."
WHY = {
    "stack_state": "the stack changed since, and is in another state",
    "template_digest": "CloudFormation holds another template",
}


def execute(
    review: Review,
    watch: Watcher,
    *,
    lifted: Collection[str] = (),
    look_again: Look = lambda stack: None,
) -> None:
    """Execute the change sets of a review. Every one is verified before the first is executed.

    What an earlier run began, and was killed over, is waited for and guarded, not executed again.
    `lifted` are the items, each after its stack's name, that lose the protection of their stack
    policy for as long as the execution takes. `look_again` refuses a stack that may not be executed
    any more, just before it is.
    """
    for stack in review.changed:
        _verify_unless_begun(stack)
    waiting = {stack.name: stack for stack in review.changed}
    running: dict[Future[None], str] = {}
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        while waiting or running:
            for name, stack in list(waiting.items()):
                ready = not {*stack.depends_on} & {*waiting, *running.values()} - {name}
                if ready and len(running) < _AT_ONCE:  # the pool would begin what it queues
                    running[pool.submit(_execute, stack, watch, lifted, look_again)] = name
                    del waiting[name]
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            failures = [future.exception() for future in finished]
            for future in finished:
                del running[future]
            if failure := next(filter(None, failures), None):
                raise failure  # the pool waits for those that run; what waits is not begun


def verify(stack: StackReview) -> None:
    """Make sure that what CloudFormation would execute is what the review says, to the last word.

    All of it is read again: a review is only a record, and whoever wrote it may have made it up.
    """
    try:
        found = change_set.read(
            stack.region, stack.change_set or "", depends_on=stack.depends_on, role=stack.role
        )
    except ClientError as error:
        if aws.code(error) not in ("ChangeSetNotFound", "ValidationError"):
            raise
        raise UserError(f"{stack.name}: the reviewed change set is gone.", AGAIN) from None
    fields = [name for name in StackReview.model_fields if name != "observations"]
    differing = [name for name in fields if getattr(found, name) != getattr(stack, name)]
    if differing:
        why = next((WHY[name] for name in WHY if name in differing), OTHERWISE)
        raise UserError(
            f"{stack.name}: {why} than the review says ({', '.join(differing)}).", AGAIN
        )


def _execute(stack: StackReview, watch: Watcher, lifted: Collection[str], look_again: Look) -> None:
    freed = {c.logical_id for c in stack.changes if c.leaves and f"{stack.name}/{c.item}" in lifted}
    begun = _verify_unless_begun(stack)  # once more: other stacks may have taken hours
    if not begun:
        look_again(stack)
        if freed:
            set_policy(stack, freed)
    try:
        events = _run(stack, watch, begun=begun)
    except BaseException:
        if freed:
            with suppress(BotoCoreError, ClientError, UserError):  # the cause is what is said
                set_policy(stack)
        raise
    guard(stack)
    if left := left_over(stack, events):
        raise UserError(
            f"{stack.name} is updated, but CloudFormation could not delete: {'; '.join(left)}",
            "They are outside of the stack now. Remove the cause, then delete them by hand.",
        )


def _verify_unless_begun(stack: StackReview) -> bool:
    """Verify a stack whose change set nobody executed yet; tell whether somebody did.

    That may be another command of this moment: the two are one execution.
    """
    if _begun(stack):
        return True
    try:
        verify(stack)
    except UserError:
        if not _begun(stack):
            raise
        return True
    return False


def _begun(stack: StackReview) -> bool:
    """Tell whether the change set's execution was begun before, whether or not it has ended."""
    client = aws.cloudformation(stack.region)
    with suppress(ClientError):
        found = client.describe_change_set(ChangeSetName=stack.change_set or "")
        return found["ExecutionStatus"].startswith("EXECUTE_")
    return False


def _run(stack: StackReview, watch: Watcher, *, begun: bool) -> list[Event]:
    client = aws.cloudformation(stack.region)
    name, change_set_arn = stack.stack_id or stack.name, stack.change_set or ""
    seen = {event["EventId"] for event in unseen(client, name, ())}
    if not begun:
        try:
            client.execute_change_set(StackName=name, ChangeSetName=change_set_arn)
        except ClientError:
            if not _begun(stack):
                raise
    events: list[Event] = []

    def look() -> tuple[bool, str]:
        # In this order: the state is then one of after the execution, and no event of it is missed.
        over = _is_over(client, change_set_arn)
        current = find_stack(client, name) or {"StackStatus": "DELETE_COMPLETE"}
        for raw in reversed(unseen(client, name, seen)):
            seen.add(raw["EventId"])
            events.append(Event.of(stack.name, raw))
            watch(events[-1])
        return over, current["StackStatus"]

    _, status = poll(client, look, lambda found: found[0] and not found[1].endswith("_IN_PROGRESS"))
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
        raise UserError(
            cause(client, stack, events), f"{stack.name} was rolled back: it is {status}."
        )
    return events


def _is_over(client: CloudFormationClient, change_set_arn: str) -> bool:
    """Whether the execution has ended. It starts after the call for it, in the stack's old state.

    <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html>
    """
    try:
        description = client.describe_change_set(ChangeSetName=change_set_arn)
    except ClientError as error:
        if aws.code(error) not in ("ChangeSetNotFound", "ValidationError"):
            raise
        return True
    return description["ExecutionStatus"] not in ("AVAILABLE", "EXECUTE_IN_PROGRESS")
