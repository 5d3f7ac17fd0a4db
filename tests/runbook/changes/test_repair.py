"""What is put back after executions that were killed, and when nobody has to look again."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Collection
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from rich.console import Console

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes import direct, guarding, repair, watchdog
from runbook.changes.alive import executing
from runbook.changes.records import Records
from runbook.changes.review import Execution, ExecutionStatus, Review, StackReview
from runbook.changes.stores import Folder
from tests.runbook.changes.samples import review, stack

CALLER = aws.Caller("123456789012", "arn:aws:iam::123456789012:user/bob", "AIDABOB")
NOW = datetime.now(UTC)


class Killed:
    """Executions that were begun.

    CloudFormation works on the stacks that are `busy`, and lets nobody guard those that are
    `closed`.
    """

    def __init__(self, folder: Path) -> None:
        self.records = Records(Folder(folder), "AIDABOB")
        self.busy: Collection[str] = ()
        self.closed: Collection[str] = ()
        self.lifted: set[str] = set()
        console = Console(file=io.StringIO(), width=120)
        self.context: Any = SimpleNamespace(records=self.records, caller=CALLER, console=console)

    def begin(self, identifier: str, *stacks: str) -> Review:
        made = self.reviewed(identifier, *stacks)
        begun = Execution(
            review=made.id,
            digest="0",
            executed_by=CALLER.arn,
            executed_at=NOW,
            status=ExecutionStatus.BEGUN,
            change_sets=(),
        )
        self.records.save_execution(begun)
        return made

    def reviewed(self, identifier: str, *stacks: str) -> Review:
        made = review(
            *(stack(name) for name in stacks),
            id=identifier,
            prepared_at=NOW,
            execute_before=NOW + timedelta(days=1),
        )
        self.records.save_review(made)
        return made

    def guard(self, stack: StackReview) -> None:
        if stack.name in self.closed:
            said: Any = {"Error": {"Code": "AccessDenied", "Message": "not you."}}
            raise ClientError(said, "SetStackPolicy")
        self.lifted.remove(stack.name)

    def put_back(self) -> bool:
        return repair.put_back(self.context.console, CALLER, self.records)

    @property
    def folder(self) -> Folder:
        assert isinstance(self.records.store, Folder)
        return self.records.store

    @property
    def said(self) -> str:
        assert isinstance(self.context.console.file, io.StringIO)
        return self.context.console.file.getvalue()

    def statuses(self, made: Review) -> list[ExecutionStatus]:
        return [each.status for each in self.records.executions(made)]


@pytest.fixture
def killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Killed:
    found = Killed(tmp_path)
    monkeypatch.setattr(repair, "_is_busy", lambda stack: stack.name in found.busy)
    monkeypatch.setattr(repair, "is_lifted", lambda stack: stack.name in found.lifted)
    monkeypatch.setattr(repair, "guard", found.guard)
    return found


HERE, THERE = "data-us-east-1", "data-eu-west-1"
FIRST, SECOND = "20260930T101500-a1b2c3", "20260930T101600-a1b2c3"
BOTH = [ExecutionStatus.BEGUN, ExecutionStatus.FAILED]


def test_a_stack_that_is_still_busy_is_looked_at_again(killed: Killed) -> None:
    made = killed.begin(FIRST, HERE, THERE)
    killed.lifted, killed.busy = {HERE, THERE}, {THERE}
    assert killed.put_back()
    assert (killed.lifted, killed.statuses(made)) == ({THERE}, BOTH[:1])
    killed.busy = ()
    assert not killed.put_back()
    assert (killed.lifted, killed.statuses(made)) == (set(), BOTH)


def test_the_end_is_recorded_where_nothing_was_lifted(killed: Killed) -> None:
    made = killed.begin(FIRST, HERE)
    assert not killed.put_back()
    assert killed.statuses(made) == BOTH


def test_a_stack_of_another_execution_that_is_alive_is_left_alone(killed: Killed) -> None:
    """It has lifted the guard, and CloudFormation has not begun yet."""
    made = killed.begin(FIRST, HERE, THERE)
    killed.lifted = {HERE, THERE}
    with executing(killed.folder, [HERE]):
        assert killed.put_back()
        assert (killed.lifted, killed.statuses(made)) == ({HERE}, BOTH[:1])
    assert not killed.put_back()
    assert (killed.lifted, killed.statuses(made)) == (set(), BOTH)


def test_what_one_review_is_refused_keeps_nothing_else_back(killed: Killed) -> None:
    """Its end is not recorded: the next command, by somebody else, tries again."""
    refused, made = killed.begin(FIRST, HERE), killed.begin(SECOND, THERE)
    killed.lifted, killed.closed = {HERE, THERE}, {HERE}
    assert not killed.put_back()
    assert (killed.lifted, killed.statuses(made)) == ({HERE}, BOTH)
    assert killed.statuses(refused) == BOTH[:1]
    assert f"review {FIRST} was killed, and its stacks cannot be guarded: not you." in killed.said


@pytest.mark.parametrize(
    ("code", "status", "again"),
    [("ServiceUnavailable", 503, True), ("Throttling", 400, True), ("ExpiredToken", 403, False)],
)
def test_what_aws_may_answer_later_is_asked_again(
    killed: Killed, monkeypatch: pytest.MonkeyPatch, code: str, status: int, again: bool
) -> None:
    """The watchdog goes on meanwhile: whatever it takes for an end leaves the guards lifted."""
    killed.begin(FIRST, HERE)
    killed.lifted = {HERE}
    error = {"Code": code, "Message": "no."}
    said: Any = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}
    monkeypatch.setattr(repair, "guard", Mock(side_effect=ClientError(said, "SetStackPolicy")))
    assert killed.put_back() is again


def test_nothing_is_asked_of_aws_for_reviews_that_have_ended(killed: Killed) -> None:
    made = killed.begin(FIRST, HERE)
    assert not killed.put_back()
    killed.lifted = {HERE}
    assert not killed.put_back()
    assert (killed.lifted, killed.statuses(made)) == ({HERE}, BOTH)


@pytest.mark.parametrize("execution", ["AVAILABLE", "EXECUTE_IN_PROGRESS"])
def test_a_change_set_that_is_executed_is_busy_before_its_stack_is(
    monkeypatch: pytest.MonkeyPatch, execution: str
) -> None:
    client: Any = SimpleNamespace(
        describe_change_set=lambda **_: {"ExecutionStatus": execution},
        describe_stacks=lambda **_: {"Stacks": [{"StackStatus": "UPDATE_COMPLETE"}]},
    )
    monkeypatch.setattr(aws, "cloudformation", lambda region: client)
    assert repair._is_busy(stack(HERE)) is (execution == "EXECUTE_IN_PROGRESS")


@pytest.mark.parametrize("status", ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"])
def test_a_stack_whose_creation_failed_is_not_guarded_against_its_deletion(
    monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    client: Any = SimpleNamespace(describe_stacks=lambda **_: {"Stacks": [{"StackStatus": status}]})
    monkeypatch.setattr(aws, "cloudformation", lambda region: client)
    assert not guarding.is_lifted(stack(HERE))
    guarding.guard_again(stack(HERE))


@pytest.mark.parametrize(("ended", "heard"), [(True, "ended\n"), (False, "")])
def test_the_watchdog_hears_of_an_end_that_is_recorded_and_of_no_other(
    killed: Killed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: bool, heard: str
) -> None:
    """Something may still run, with the guard lifted; and whoever waits is told of the process."""
    said = tmp_path / "heard"
    watch = f"import sys; sys.stdin.readline(); open({str(said)!r}, 'w').write(sys.stdin.read())"
    start, started = subprocess.Popen, []

    def substitute(_: object, **given: Any) -> Any:
        started.append(start([sys.executable, "-c", watch], **given))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", substitute)
    killed.begin(FIRST, HERE)
    with watchdog.watching_over(killed.context, tmp_path, FIRST):
        if ended:
            killed.put_back()
    assert started[0].wait(10) == 0
    assert said.read_text() == heard
    words = f"Process {started[0].pid} waits for CloudFormation, guards, and ends."
    assert (words in killed.said) is not ended


@pytest.mark.parametrize("error", [KeyboardInterrupt(), UserError("rolled back")])
@pytest.mark.parametrize("busy", [True, False])
def test_a_failure_is_recorded_once_all_is_guarded_and_an_interruption_is_none(
    killed: Killed, monkeypatch: pytest.MonkeyPatch, error: BaseException, busy: bool
) -> None:
    made = killed.reviewed(FIRST, HERE, THERE)

    def fails(*_: object, **__: object) -> None:
        killed.lifted, killed.busy = {HERE, THERE}, {THERE} if busy else ()
        raise error

    monkeypatch.setattr(direct, "execute", fails)
    monkeypatch.setattr(direct, "watching_over", lambda *_: nullcontext())
    with pytest.raises(type(error)):
        direct.run(killed.context, killed.records.review(FIRST), ())
    recorded = isinstance(error, Exception) and not busy
    assert killed.statuses(made) == BOTH[: 1 + recorded]
    killed.busy = ()
    killed.put_back()
    assert (killed.lifted, killed.statuses(made)) == (set(), BOTH)
    said = (
        "rolled back" if recorded else "It was killed or interrupted, and its stacks are guarded."
    )
    assert killed.records.executions(made)[-1].message == said


@pytest.mark.parametrize(("longest", "looks"), [(watchdog.LONGEST, 3), (-1, 1)])
def test_the_watchdog_outlasts_a_lost_connection_and_ends_after_a_day(
    killed: Killed, monkeypatch: pytest.MonkeyPatch, longest: int, looks: int
) -> None:
    killed.begin(FIRST, HERE)
    answers: list[Any] = [EndpointConnectionError(endpoint_url="x"), True, False]
    looked: list[Any] = []

    def put_back(*_: object) -> bool:
        looked.append(answer := answers[len(looked)])
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    monkeypatch.setattr(repair, "put_back", put_back)
    monkeypatch.setattr(watchdog, "LONGEST", longest)
    monkeypatch.setattr(aws, "LOOPBACK", "")
    monkeypatch.setattr("runbook.base.polling.time.sleep", lambda _: None)
    watchdog._guard(str(killed.folder.folder), "AIDABOB", CALLER, FIRST)
    assert len(looked) == looks
