"""Executing change sets by their ARN, in order, and side by side where nothing depends."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.base.polling import poll
from runbook.changes import change_set, refusal
from runbook.changes.change_set import find_stack
from runbook.changes.guards import holders, stack_policy
from runbook.changes.review import Review, StackReview, Verdict
from runbook.changes.template import held

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef


class Event(NamedTuple):
    """Something that CloudFormation did."""

    stack: str
    logical_id: str
    type: str
    status: str
    reason: str

    @classmethod
    def of(cls, stack: str, raw: StackEventTypeDef) -> Event:
        """Read an event of CloudFormation's."""
        return cls(
            stack,
            raw["LogicalResourceId"],
            raw["ResourceType"],
            raw["ResourceStatus"],
            raw.get("ResourceStatusReason", ""),
        )


Watcher = Callable[[Event], None]
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
    with ThreadPoolExecutor(max_workers=8) as pool:
        while waiting or running:
            for name, stack in list(waiting.items()):
                if not {*stack.depends_on} & {*waiting, *running.values()} - {name}:
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
        found = change_set.read(stack.region, stack.change_set or "", depends_on=stack.depends_on)
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
    client = aws.cloudformation(stack.region)
    freed = {c.logical_id for c in stack.changes if c.leaves and f"{stack.name}/{c.item}" in lifted}
    begun = _verify_unless_begun(stack)  # once more: other stacks may have taken hours
    if not begun:
        look_again(stack)
        if freed:
            _guard(client, stack, freed)
    try:
        events = _run(client, stack, watch, begun=begun)
    except BaseException:
        if freed:
            _guard(client, stack)
        raise
    _protect(client, stack)
    _guard(client, stack)
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


def guard_again(stack: StackReview) -> None:
    """Put the guards back that an earlier run may have left lifted."""
    client = aws.cloudformation(stack.region)
    current = find_stack(client, stack.name)
    if current and current["StackStatus"] != "REVIEW_IN_PROGRESS":
        _protect(client, stack)
        _guard(client, stack)


def left_over(stack: StackReview, events: Iterable[Event]) -> list[str]:
    """Return what the clean-up after an update could not delete, each with the reason.

    The update counts as complete all the same. What the review says stays, by its own protection,
    is none of it. A deletion is tried several times: the last event of each decides.
    """
    expected = {c.logical_id for c in stack.changes if c.verdict is Verdict.PROTECTED}
    last = {event.logical_id: event for event in events if event.status.startswith("DELETE_")}
    return [
        f"{event.logical_id} ({event.type}): {event.reason}"
        for event in last.values()
        if event.status == "DELETE_FAILED" and event.logical_id not in expected
    ]


def _run(
    client: CloudFormationClient, stack: StackReview, watch: Watcher, *, begun: bool
) -> list[Event]:
    name, change_set_arn = stack.stack_id or stack.name, stack.change_set or ""
    seen = {event["EventId"] for event in _events(client, name, ())}
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
        for raw in reversed(_events(client, name, seen)):
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


def _events(
    client: CloudFormationClient, stack: str, seen: Collection[str]
) -> list[StackEventTypeDef]:
    """Return the stack's events that are not seen yet, the newest first."""
    found: list[StackEventTypeDef] = []
    with suppress(ClientError):
        for page in client.get_paginator("describe_stack_events").paginate(StackName=stack):
            for event in page["StackEvents"]:
                if event["EventId"] in seen:
                    return found
                found.append(event)
    return found


def cause(client: CloudFormationClient, stack: StackReview, events: list[Event]) -> str:
    """Return the first real cause: what was cancelled because of it is only a symptom."""
    places = {change.logical_id: change.place for change in stack.changes}
    failures = [e for e in events if e.status.endswith("_FAILED") and "ancelled" not in e.reason]
    if refused := [event for event in failures if "DescribeEvents" in event.reason]:
        why = refusal.reasons(client, refused[0].reason, places, stack=stack.name)
        return f"{stack.name}:{why}"
    if not failures:
        return f"{stack.name} failed, and CloudFormation gave no reason."
    first = failures[0]
    where = places.get(first.logical_id, first.logical_id)
    return f"{stack.name}: {where} ({first.type}) failed: {first.reason}"


def _protect(client: CloudFormationClient, stack: StackReview) -> None:
    name = stack.stack_id or stack.name
    client.update_termination_protection(StackName=name, EnableTerminationProtection=True)


def _guard(client: CloudFormationClient, stack: StackReview, freed: Collection[str] = ()) -> None:
    """Have CloudFormation itself guard what holds data; a change set cannot carry that."""
    name = stack.stack_id or stack.name
    held_now = holders(held.deployed(client, name).processed)
    policy = stack_policy({*held_now} - {*freed})
    client.set_stack_policy(StackName=name, StackPolicyBody=json.dumps(policy))
