"""The order in which stacks are executed, without an AWS."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import Any

import pytest

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes import change_set, execute, prepare, refusal
from runbook.changes.review import StackReview
from tests.runbook.changes import samples


class Pool:
    """Runs nothing: tells what was begun, and lets one stack finish whenever it is waited for."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.running: dict[Future[None], str] = {}

    def __call__(self, max_workers: int) -> Pool:
        return self

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def submit(self, run: Callable[..., None], stack: StackReview, *rest: object) -> Future[None]:
        future: Future[None] = Future()
        self.running[future] = stack.name
        self.events.append(f"{stack.name} begins")
        return future

    def wait(self, futures: Collection[Future[None]], **options: object) -> Any:
        future = next(iter(self.running))
        self.events.append(f"{self.running.pop(future)} ends")
        future.set_result(None)
        return {future}, set()


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    pool = Pool()
    monkeypatch.setattr(execute, "ThreadPoolExecutor", pool)
    monkeypatch.setattr(execute, "wait", pool.wait)
    monkeypatch.setattr(execute, "verify", lambda stack: None)
    return pool


def test_a_stack_begins_when_those_that_it_depends_on_have_ended(pool: Pool) -> None:
    first, second = samples.stack("a-1"), samples.stack("b-1", depends_on=("a-1",))
    execute.execute(samples.review(second, first), lambda event: None)
    assert pool.events == ["a-1 begins", "a-1 ends", "b-1 begins", "b-1 ends"]


def test_stacks_that_depend_on_nothing_run_side_by_side(pool: Pool) -> None:
    execute.execute(samples.review(samples.stack("a-1"), samples.stack("b-1")), lambda event: None)
    assert pool.events[:2] == ["a-1 begins", "b-1 begins"]


@pytest.mark.parametrize(
    ("reason", "harmless"),
    [
        ("The submitted information didn't contain changes. Submit different information", True),
        ("No updates are to be performed.", True),
        ("Template error: instance of Fn::GetAtt references undefined resource X", False),
    ],
)
def test_having_no_changes_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, reason: str, harmless: bool
) -> None:
    failed = {"Status": "FAILED", "StatusReason": reason}
    monkeypatch.setattr(change_set, "describe", lambda client, name: failed)
    monkeypatch.setattr(prepare, "poll", lambda client, ask, done: ask())
    monkeypatch.setattr(refusal, "reasons", lambda client, change_set: "")
    client: Any = None
    if harmless:
        assert prepare.finished(client, "stack", "change-set") == failed
    else:
        with pytest.raises(UserError, match="undefined resource X"):
            prepare.finished(client, "stack", "change-set")


@pytest.mark.parametrize(
    "status",
    [
        ("CREATE_COMPLETE", "OBSOLETE"),
        ("CREATE_COMPLETE", "EXECUTE_COMPLETE"),
        ("DELETE_PENDING", "AVAILABLE"),
    ],
)
def test_a_change_set_that_cannot_be_executed_any_more_is_refused(
    monkeypatch: pytest.MonkeyPatch, status: tuple[str, str]
) -> None:
    found = {"Status": status[0], "ExecutionStatus": status[1], "StackName": "data-us-east-1"}
    monkeypatch.setattr(change_set, "describe", lambda client, name: found)
    monkeypatch.setattr(aws, "cloudformation", lambda region: None)
    with pytest.raises(UserError, match="cannot be executed any more"):
        change_set.read("us-east-1", "arn")
