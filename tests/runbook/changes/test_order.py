"""The order in which stacks are executed, without an AWS."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes import change_set, execute, pacing, prepare, refusal
from runbook.changes.events import Event, cause, left_over
from runbook.changes.orders import orders_of
from runbook.changes.parts import Effect, Verdict, item_of
from runbook.changes.review import StackReview
from runbook.changes.usable import usable
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
    monkeypatch.setattr(execute, "_begun", lambda stack: False)
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


def test_what_was_not_begun_when_a_stack_fails_never_is(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight run at once; a pool would begin what waits in its own queue all the same."""

    def fails(futures: Collection[Future[None]], **_: object) -> Any:
        (first, *_rest) = futures
        first.set_exception(UserError("rolled back"))
        return {first}, set()

    monkeypatch.setattr(execute, "wait", fails)
    stacks = [samples.stack(f"data-{number}") for number in range(10)]
    with pytest.raises(UserError, match="rolled back"):
        execute.execute(samples.review(*stacks), lambda event: None)
    assert pool.events == [f"data-{number} begins" for number in range(8)]


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
    failed: Any = {"Status": "FAILED", "StatusReason": reason}
    monkeypatch.setattr(change_set, "describe", lambda client, name: failed)
    monkeypatch.setattr(prepare, "poll", lambda client, ask, done: ask())
    monkeypatch.setattr(refusal, "reasons", lambda client, said, places, change_set: f" {said}")
    client: Any = None
    stack: Any = SimpleNamespace(name="stack", template={})
    if harmless:
        assert prepare.finished(client, stack, "change-set") == failed
    else:
        with pytest.raises(UserError, match="undefined resource X"):
            prepare.finished(client, stack, "change-set")


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


def event(logical_id: str, status: str) -> Event:
    reason = "AccessDenied" if status == "DELETE_FAILED" else ""
    return Event("data-us-east-1", logical_id, "AWS::IAM::User", status, reason)


def test_what_the_clean_up_could_not_delete_is_named() -> None:
    protected = samples.change("kept", "RDS::DBInstance", Effect.DELETE, Verdict.PROTECTED)
    stack = samples.stack("data-us-east-1", changes=(protected,))
    events = [
        event("User", "DELETE_FAILED"),
        event("Retried", "DELETE_FAILED"),
        event("Retried", "DELETE_COMPLETE"),
        event(protected.logical_id, "DELETE_FAILED"),
        event("Other", "UPDATE_FAILED"),
    ]
    assert left_over(stack, events) == ["User (AWS::IAM::User): AccessDenied"]


def test_the_cause_of_a_failure_names_the_place_of_its_resource() -> None:
    user = samples.change("senders/billing/user", "IAM::User", Effect.ADD, None)
    failed = Event("x", user.logical_id, user.type, "CREATE_FAILED", "taken")
    client: Any = None
    stack = samples.stack("mail-us-east-1", changes=(user,))
    assert cause(client, stack, [failed]) == (
        "mail-us-east-1: senders/billing/user (AWS::IAM::User) failed: taken"
    )


def moved(region: str, kind: str) -> list[StackReview]:
    """Make a review in which a named resource leaves one stack, and joins one of a region."""
    gone = samples.change("buckets/reports/bucket", kind, Effect.RETAIN, Verdict.KEPT)
    new = samples.change("buckets/reports/bucket", kind, Effect.ADD)
    named = {"name": "reports"}
    return [
        samples.stack("backup-us-east-1", changes=(gone.model_copy(update=named),)),
        samples.stack(f"backup-{region}", changes=(new.model_copy(update=named),)),
    ]


def test_a_named_resource_does_not_move_between_stacks() -> None:
    with pytest.raises(UserError, match=r"reports .* cannot move from backup-us-east-1"):
        prepare.refuse_moves(moved("us-east-1-second", "S3::Bucket"))
    with pytest.raises(UserError, match="cannot move"):
        prepare.refuse_moves(moved("eu-west-2", "S3::Bucket"))


def test_a_name_that_is_taken_in_one_region_is_free_in_another() -> None:
    old, new = moved("eu-west-2", "SNS::Topic")
    regions = old.model_copy(update={"region": "us-east-1"}), new
    with pytest.raises(UserError, match="cannot move"):
        prepare.refuse_moves([one.model_copy(update={"region": "us-east-1"}) for one in regions])
    prepare.refuse_moves(regions)


def test_a_user_of_a_bucket_is_an_item_of_its_own() -> None:
    assert item_of("buckets/reports/users/writer/credentials/secret") == (
        "buckets/reports/users/writer"
    )
    assert item_of("buckets/reports/bucket") == "buckets/reports"


def test_what_an_interrupted_first_prepare_left_is_used_by_the_next() -> None:
    """An author may not delete stacks, so an empty one may be there."""
    usable("mail-us-east-1", {"StackStatus": "REVIEW_IN_PROGRESS"})
    with pytest.raises(UserError, match="another operation is running"):
        usable("mail-us-east-1", {"StackStatus": "UPDATE_IN_PROGRESS"})


def test_a_stack_whose_deletion_failed_is_said_to_be_one() -> None:
    with pytest.raises(UserError, match="a stack whose deletion failed"):
        usable("mail-us-east-1", {"StackStatus": "DELETE_FAILED"})
    with pytest.raises(UserError, match="a stack whose creation failed"):
        usable("mail-us-east-1", {"StackStatus": "ROLLBACK_COMPLETE"})


@pytest.mark.parametrize(
    ("status", "said", "command"),
    [
        ("ROLLBACK_COMPLETE", "whose creation failed", "delete-stack"),
        ("DELETE_FAILED", "whose deletion failed", "delete-stack"),
        ("UPDATE_ROLLBACK_FAILED", "whose rollback failed", "continue-update-rollback"),
    ],
)
def test_what_failed_is_named_with_the_way_out(status: str, said: str, command: str) -> None:
    with pytest.raises(UserError, match=said) as refused:
        usable("mail-us-east-1", {"StackStatus": status})
    way_out = f"aws cloudformation {command} --stack-name mail-us-east-1"
    assert way_out in (refused.value.advice or "")


@pytest.mark.parametrize(("effect", "said"), [(Effect.ADD, 1), (Effect.CHANGE, 0)])
def test_many_new_resources_of_ses_are_said_to_take_their_time(effect: Effect, said: int) -> None:
    changes = [
        samples.change(f"domains/{number}/identity", "SES::EmailIdentity", effect)
        for number in range(pacing.MANY + 1)
    ]
    stack = samples.stack("mail-us-east-1", changes=tuple(changes))
    assert len([*pacing.notes([stack])]) == said
    few = stack.model_copy(update={"changes": stack.changes[1:]})
    assert [*pacing.notes([few])] == []


def test_a_record_whose_stacks_depend_on_each_other_is_refused_and_not_waited_for() -> None:
    stacks = (
        samples.stack("mail-us-east-1", depends_on=("data-us-east-1",)),
        samples.stack("data-us-east-1", depends_on=("mail-us-east-1",)),
    )
    with pytest.raises(UserError, match="depend on each other: data-us-east-1, mail-us-east-1"):
        orders_of(samples.review(*stacks))
