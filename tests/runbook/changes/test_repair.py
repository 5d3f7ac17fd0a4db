"""What is put back after executions that were killed, and when nobody has to look again."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from runbook.base import aws
from runbook.changes import commands, repair, watchdog
from runbook.changes.alive import executing
from runbook.changes.records import Records
from runbook.changes.review import Execution, ExecutionStatus, Review
from runbook.changes.stores import Folder
from tests.runbook.changes.samples import review, stack

CALLER = aws.Caller("123456789012", "arn:aws:iam::123456789012:user/bob", "AIDABOB")
NOW = datetime.now(UTC)


class Killed:
    """Executions that were begun; CloudFormation works on the stacks that are `busy`."""

    def __init__(self, folder: Path) -> None:
        self.records = Records(Folder(folder), "AIDABOB")
        self.busy: Collection[str] = ()
        self.lifted: set[str] = set()

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

    def put_back(self) -> bool:
        console = Console(file=io.StringIO(), width=120)
        return repair.put_back(console, CALLER, self.records)

    def statuses(self, made: Review) -> list[ExecutionStatus]:
        return [each.status for each in self.records.executions(made)]


@pytest.fixture
def killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Killed:
    found = Killed(tmp_path)
    monkeypatch.setattr(repair, "_is_busy", lambda stack: stack.name in found.busy)
    monkeypatch.setattr(repair, "_is_lifted", lambda stack: stack.name in found.lifted)
    monkeypatch.setattr(repair, "guard_again", lambda stack: found.lifted.remove(stack.name))
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


@pytest.mark.parametrize("begun", [True, False])
def test_a_stack_of_another_execution_that_is_alive_is_left_alone(
    killed: Killed, begun: bool
) -> None:
    """It has lifted the guard, and CloudFormation has not begun yet."""
    made = killed.begin(FIRST, HERE)
    (killed.begin if begun else killed.reviewed)(SECOND, HERE)
    killed.lifted = {HERE}
    folder = killed.records.store
    assert isinstance(folder, Folder)
    with executing(folder, killed.records.review(SECOND)):
        assert killed.put_back()
        assert (killed.lifted, killed.statuses(made)) == ({HERE}, BOTH[:1])
    killed.put_back()
    assert (killed.lifted, killed.statuses(made)) == (set(), BOTH)


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


@pytest.mark.parametrize(
    ("error", "heard"), [(None, "ended\n"), (RuntimeError, "ended\n"), (KeyboardInterrupt, "")]
)
def test_the_watchdog_hears_of_no_end_where_the_command_is_interrupted(
    killed: Killed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Any, heard: str
) -> None:
    """A thread may wait for CloudFormation, with the guard lifted, after a second Ctrl-C."""
    said = tmp_path / "heard"
    watch = f"import sys; sys.stdin.readline(); open({str(said)!r}, 'w').write(sys.stdin.read())"
    start, started = subprocess.Popen, []

    def substitute(_: object, **given: Any) -> Any:
        started.append(start([sys.executable, "-c", watch], **given))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", substitute)
    context: Any = SimpleNamespace(records=killed.records, caller=CALLER)
    try:
        with watchdog.watching_over(context, tmp_path, FIRST):
            if error:
                raise error
    except (RuntimeError, KeyboardInterrupt):
        pass
    assert started[0].wait(10) == 0
    assert said.read_text() == heard


def test_an_interrupted_execution_has_its_end_recorded_by_the_watchdog(
    killed: Killed, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = killed.reviewed(FIRST, HERE)
    monkeypatch.setattr(commands, "execute", _interrupted)
    context: Any = SimpleNamespace(
        records=killed.records, caller=CALLER, console=Console(file=io.StringIO())
    )
    with pytest.raises(KeyboardInterrupt):
        commands._execute(context, killed.records.review(FIRST), ())
    assert killed.statuses(made) == BOTH[:1]
    killed.put_back()
    assert killed.statuses(made) == BOTH


def _interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
