"""The execution by the state machine of the access stack: started here, done by AWS.

This process only watches. Killed or disconnected, it leaves everything to the state machine, which
puts the guards back whatever happens; started again, it shows how far the execution is. Where the
execution itself was stopped, another state machine guards the stacks. EventBridge starts it, and so
does this process: EventBridge delivers such events as well as it can, without a promise.
<https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.base.polling import poll
from runbook.changes.context import Context
from runbook.changes.events import Event, Watcher, cause, left_over
from runbook.changes.progress import watching
from runbook.changes.records import StoredApproval, StoredReview
from runbook.changes.review import StackReview
from settings.contract import ORDERS_FORMAT, REFUSED

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.literals import ExecutionStatusType
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef


def start(context: Context, found: StoredReview, approvals: Sequence[StoredApproval]) -> str | None:
    """Start the execution and return its ARN, or None where there is no state machine.

    It has the review's name: one that runs already, or has ended, is never started twice.
    """
    settings = context.settings
    if not settings.access:
        return None
    place = f"{settings.region}:{settings.account}"
    name = settings.state_machine
    given = {
        "format": ORDERS_FORMAT,
        "author": found.prepared_by,
        "approvers": sorted(one.approved_by for one in approvals),
        "starter": context.records.writer,
    }
    context.records.save_start(found.review.id)
    try:
        answer = _client(context).start_execution(
            stateMachineArn=f"arn:aws:states:{place}:stateMachine:{name}",
            name=found.review.id,
            input=json.dumps(given),
        )
    except ClientError as error:
        match aws.code(error):
            case "StateMachineDoesNotExist":
                return None
            case "ExecutionAlreadyExists":
                return f"arn:aws:states:{place}:execution:{name}:{found.review.id}"
        raise UserError(f"The execution cannot be started: {aws.reason(error)}") from None
    return answer["executionArn"]


def follow(context: Context, found: StoredReview, execution: str) -> None:
    """Show the execution until it ends. Whatever happens here, it goes on in AWS."""
    context.console.print("AWS executes the review; this command only watches.")
    try:
        with watching(context.console, found.review) as watch:
            ended, events = _watched(_client(context), found, execution, watch)
    except (BotoCoreError, ClientError, KeyboardInterrupt) as error:
        why = str(error) or "interrupted"
        raise UserError(
            f"The execution goes on in AWS, and is no longer watched: {why}",
            f"See how far it is: groundwork changes execute {found.review.id}",
        ) from None
    if ended["status"] != "SUCCEEDED":
        started = _guard(context, found) if ended["status"] != "FAILED" else False
        began = ended.get("error") != REFUSED
        raise UserError(
            _why(found, ended, events), advice(ended["status"], began=began, started=started)
        )
    for stack in found.review.changed:
        if left := left_over(stack, [event for event in events if event.stack == stack.name]):
            raise UserError(
                f"{stack.name} is updated, but CloudFormation could not delete: {'; '.join(left)}",
                "They are outside of the stack now. Remove the cause, then delete them by hand.",
            )


def advice(status: ExecutionStatusType, *, began: bool, started: bool) -> str:
    """Say how the guards are after an execution that ended so. Stopped, it put nothing back."""
    if not began:
        return "Nothing was begun: the stacks and their guards are as they were. Prepare again."
    if status == "FAILED":
        return "The guards of the stacks are back, but for those that it names."
    if not started:
        return (
            "It was stopped before it could put the guards back, and what does so could not be "
            "started. Look at the stack policy and the termination protection of each stack."
        )
    return (
        "It was stopped before it could put the guards back. AWS guards its stacks now: nothing in "
        "them can be replaced or deleted before the next approved change."
    )


def _guard(context: Context, found: StoredReview) -> bool:
    """Have the stacks guarded, and tell whether that could be started. It may be done twice."""
    settings = context.settings
    place = f"{settings.region}:{settings.account}"
    try:
        _client(context).start_execution(
            stateMachineArn=f"arn:aws:states:{place}:stateMachine:{settings.guarding_machine}",
            input=json.dumps({"detail": {"name": found.review.id}}),
        )
    except ClientError:
        return False
    return True


def _watched(
    client: SFNClient, found: StoredReview, execution: str, watch: Watcher
) -> tuple[DescribeExecutionOutputTypeDef, list[Event]]:
    seen: set[str] = set()
    events: list[Event] = []

    def look() -> DescribeExecutionOutputTypeDef:
        # In this order: what happens before the end is seen before it.
        state = client.describe_execution(executionArn=execution)
        for stack in found.review.changed:
            for event in _events(stack, state["startDate"], seen):
                events.append(event)
                watch(event)
        return state

    cloudformation = aws.cloudformation(found.review.changed[0].region)
    return poll(cloudformation, look, lambda state: state["status"] != "RUNNING"), events


def _events(stack: StackReview, since: datetime, seen: set[str]) -> Iterator[Event]:
    """Yield what happened to a stack since then and was not seen yet, the oldest first."""
    client = aws.cloudformation(stack.region)
    new: list[StackEventTypeDef] = []
    for page in client.get_paginator("describe_stack_events").paginate(
        StackName=stack.stack_id or stack.name
    ):
        fresh = [event for event in page["StackEvents"] if event["EventId"] not in seen]
        recent = [event for event in fresh if event["Timestamp"] >= since]
        new += recent
        if len(recent) < len(page["StackEvents"]):
            break
    for raw in reversed(new):
        seen.add(raw["EventId"])
        yield Event.of(stack.name, raw)


def _why(
    found: StoredReview, ended: DescribeExecutionOutputTypeDef, events: Sequence[Event]
) -> str:
    """Return the first real cause: CloudFormation's, or why the state machine refused."""
    failed = {event.stack for event in events if event.status.endswith("_FAILED")}
    for stack in found.review.changed:
        if stack.name in failed:
            own = [event for event in events if event.stack == stack.name]
            return cause(aws.cloudformation(stack.region), stack, own)
    why = ended.get("cause") or ended.get("error") or ended["status"]
    return f"Review {found.review.id} is not executed: {why}."


def _client(context: Context) -> SFNClient:
    region = context.settings.region
    return boto3.client("stepfunctions", region_name=region, config=aws.CONFIG)
