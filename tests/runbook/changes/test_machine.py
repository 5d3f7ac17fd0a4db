"""What the command does while AWS executes: it starts the execution, and watches."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from rich.console import Console

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes import machine
from runbook.changes.context import Context
from runbook.changes.machine import advice
from runbook.changes.records import Records, StoredReview
from runbook.changes.stores import Folder
from settings import parse
from tests.runbook.changes.samples import every_effect

SETTINGS = parse(
    """
account: "123456789012"
access:
  author: {principals: ["arn:aws:iam::123456789012:role/developers"]}
  approver: {principals: ["arn:aws:iam::123456789012:role/leads"]}
"""
)


class StepFunctions:
    """Step Functions, which runs an execution whatever becomes of those who watch it."""

    def __init__(self, *statuses: str) -> None:
        self.statuses = [*statuses]
        self.started: list[dict[str, Any]] = []

    def start_execution(self, **given: Any) -> dict[str, str]:
        self.started.append(given)
        return {"executionArn": "arn:any"}

    def describe_execution(self, **_: str) -> dict[str, Any]:
        status = self.statuses.pop(0)
        if status == "lost":
            raise ClientError({"Error": {"Code": "ExpiredToken"}}, "DescribeExecution")
        if status == "REFUSED":
            why = "Too few people approved"
            return {"status": "FAILED", "startDate": None, "error": "Refused", "cause": why}
        return {"status": status, "startDate": None}


@pytest.fixture
def context(tmp_path: Path) -> Context:
    caller = aws.Caller("123456789012", "arn:aws:iam::123456789012:user/bob", "AIDABOB")
    console = Console(file=io.StringIO(), width=120)
    records = Records(Folder(tmp_path), "AROAAPPROVER:bob")
    return Context(console, SETTINGS, caller, records)


@pytest.fixture
def found() -> StoredReview:
    return StoredReview(every_effect(), "digest", "AROAAUTHOR:ann", "orders")


def watched(
    monkeypatch: pytest.MonkeyPatch, context: Context, found: StoredReview, *statuses: str
) -> tuple[StepFunctions, str]:
    """Watch an execution with these statuses, and return what was said of its end."""
    states = StepFunctions(*statuses)
    monkeypatch.setattr(machine, "_client", lambda _: states)
    monkeypatch.setattr(machine, "_events", _no_events)
    monkeypatch.setattr(machine, "poll", _at_once)
    try:
        machine.follow(context, found, machine.start(context, found, []) or "")
    except UserError as error:
        return states, f"{error} {error.advice}"
    return states, ""


def _no_events(*_: object) -> Iterator[Any]:
    return iter(())


def _at_once(_: object, look: Any, is_over: Any) -> Any:
    while True:
        if is_over(answer := look()):
            return answer


def test_it_records_who_starts_and_starts_and_makes_no_other_call_that_changes_anything(
    monkeypatch: pytest.MonkeyPatch, context: Context, found: StoredReview
) -> None:
    """Killed between the two, it leaves a record, and the next command starts."""
    context.records.save_start(found.review.id)
    states, said = watched(monkeypatch, context, found, "RUNNING", "RUNNING", "SUCCEEDED")
    assert said == ""
    (start,) = states.started
    assert start["name"] == found.review.id
    assert json.loads(start["input"])["starter"] == "AROAAPPROVER:bob"
    (record,) = context.records.store.names("")
    assert record == f"approvals/AROAAPPROVER:bob/{found.review.id}/start.json"
    assert start["stateMachineArn"].endswith(":groundwork-execution")


def test_disconnected_it_says_that_the_execution_goes_on(
    monkeypatch: pytest.MonkeyPatch, context: Context, found: StoredReview
) -> None:
    states, said = watched(monkeypatch, context, found, "RUNNING", "lost")
    assert "goes on in AWS" in said
    assert len(states.started) == 1


@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT"])
def test_of_a_stopped_execution_it_has_the_stacks_guarded(
    status: str, monkeypatch: pytest.MonkeyPatch, context: Context, found: StoredReview
) -> None:
    states, said = watched(monkeypatch, context, found, "RUNNING", status)
    guards = states.started[1]
    assert guards["stateMachineArn"].endswith(":groundwork-guards")
    assert json.loads(guards["input"]) == {"detail": {"name": found.review.id}}
    assert "AWS guards its stacks now" in said


def test_of_a_failed_execution_the_guards_are_back_already(
    monkeypatch: pytest.MonkeyPatch, context: Context, found: StoredReview
) -> None:
    states, said = watched(monkeypatch, context, found, "FAILED")
    assert len(states.started) == 1
    assert "are back" in said


def test_of_a_refused_execution_it_says_that_nothing_was_begun(
    monkeypatch: pytest.MonkeyPatch, context: Context, found: StoredReview
) -> None:
    states, said = watched(monkeypatch, context, found, "REFUSED")
    assert len(states.started) == 1
    assert "Nothing was begun" in said
    assert "guards are back" not in said


def test_guards_that_could_not_be_started_are_said_to_be_looked_at() -> None:
    assert "Look at the stack policy" in advice("ABORTED", began=True, started=False)
