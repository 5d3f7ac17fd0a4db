"""What CloudFormation did with a stack, event by event, and what of it a person has to know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from runbook.changes import refusal
from runbook.changes.parts import Verdict
from runbook.changes.review import StackReview

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


def unseen(
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
