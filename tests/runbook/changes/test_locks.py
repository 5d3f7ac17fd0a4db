"""Two people who prepare the same stack: the second one is told of the first."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes import commands
from runbook.changes.change_set import discard_reviewed
from runbook.changes.context import Context
from runbook.changes.execute import verify
from runbook.changes.locks import LASTS, Lock, preparing, refuse_open
from runbook.changes.prepare import now
from runbook.changes.records import Records
from runbook.changes.review import Review
from runbook.changes.stores import Folder, Store
from settings import parse
from tests.runbook.changes.approving import said
from tests.runbook.changes.stacks import TOPIC, prepare, stack_of
from tests.runbook.conftest import ACCOUNT

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]

ANN, BOB = "AROAAUTHOR:ann", "AROAAUTHOR:bob"


def of(folder: Path, who: str) -> Context:
    """One person's view of the account's records."""
    settings = parse(f'account: "{ACCOUNT}"\nbackup: {{buckets: {{reports: {{}}}}}}')
    caller = aws.Caller(ACCOUNT, f"arn:aws:sts::{ACCOUNT}:assumed-role/author/{who[11:]}", who)
    console = Console(file=io.StringIO(), width=200)
    return Context(console, settings, caller, Records(Folder(folder), who))


def prepared(folder: Path, name: str, who: str = ANN, *, hours: int = 0) -> Review:
    """Prepare a stack, hours ago."""
    review = prepare(stack_of(name, TOPIC))
    if hours:
        then = now() - timedelta(hours=hours)
        identifier = f"{then:%Y%m%dT%H%M%S}-0a1b2c"
        review = review.model_copy(update={"id": identifier, "prepared_at": then})
    of(folder, who).records.save_review(review)
    return review


def test_a_stack_with_somebody_elses_open_review_is_refused(tmp_path: Path, name: str) -> None:
    review = prepared(tmp_path, name)
    with pytest.raises(UserError, match=f"review {review.id} by ann is open until"):
        refuse_open(of(tmp_path, BOB), {name}, replace=False)
    with pytest.raises(UserError, match="To discard it yourself and go on: --replace"):
        refuse_open(of(tmp_path, BOB), {name}, replace=False)


def test_it_is_discarded_where_that_is_asked_for(tmp_path: Path, name: str) -> None:
    review = prepared(tmp_path, name)
    bob = of(tmp_path, BOB)
    refuse_open(bob, {name}, replace=True)
    assert f"Review {review.id} by ann is discarded." in said(bob)
    refuse_open(bob, {name}, replace=False)
    with pytest.raises(UserError, match="change set is gone"):
        commands.approve(of(tmp_path, "AROAAPPROVER:cleo"), review.id, (), None)


def test_ones_own_review_and_other_stacks_are_no_hindrance(tmp_path: Path, name: str) -> None:
    prepared(tmp_path, name)
    refuse_open(of(tmp_path, ANN), {name}, replace=False)
    refuse_open(of(tmp_path, BOB), {f"{name}-other"}, replace=False)
    with pytest.raises(UserError, match="is open until"):
        refuse_open(of(tmp_path, BOB), {f"{name}-other", name}, replace=False)


def test_a_review_that_is_over_is_no_hindrance(tmp_path: Path, name: str) -> None:
    old = prepared(tmp_path, name, hours=25)
    refuse_open(of(tmp_path, BOB), {name}, replace=False)
    discard_reviewed(old.stacks[0])
    executed = prepared(tmp_path, name)
    boss = of(tmp_path, "AROAAPPROVER:cleo")
    commands.approve(boss, executed.id, (), None)
    commands.run(boss, executed.id)
    discarded = prepare(stack_of(name, {**TOPIC, "Second": TOPIC["Topic"]}))
    of(tmp_path, ANN).records.save_review(discarded)
    with pytest.raises(UserError, match=f"review {discarded.id} by ann is open until"):
        refuse_open(of(tmp_path, BOB), {name}, replace=False)
    discard_reviewed(discarded.stacks[0])
    refuse_open(of(tmp_path, BOB), {name}, replace=False)


def client(store: Store, who: str) -> Context:
    """One person's view of records that several share."""
    return of(Path(), who)._replace(records=Records(store, who))


class Interrupting:
    """Records of somebody who is overtaken just before writing."""

    def __init__(self, store: Store, meanwhile: Callable[[], object]) -> None:
        self.store = store
        self.meanwhile: Callable[[], object] | None = meanwhile

    def create(self, name: str, text: str) -> bool:
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        return self.store.create(name, text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


def test_of_two_who_prepare_a_stack_at_the_same_moment_one_gets_it(store: Store, name: str) -> None:
    bob = preparing(client(store, BOB), {name})
    overtaken: Any = Interrupting(store, bob.__enter__)
    with (
        pytest.raises(UserError, match=f"{name} is being prepared by .*bob.* right now"),
        preparing(client(overtaken, ANN), {name}),
    ):
        pytest.fail("both have the stack")
    bob.__exit__(None, None, None)
    with preparing(client(store, ANN), {name}):
        pass


def test_stacks_are_kept_one_by_one_and_freed_after_a_failure(store: Store, name: str) -> None:
    other = f"{name}-other"
    ann = preparing(client(store, ANN), {name})
    ann.__enter__()
    with preparing(client(store, BOB), {other}):
        pass
    with (
        pytest.raises(UserError, match="right now"),
        preparing(client(store, BOB), {name, other}),
    ):
        pytest.fail("both have the stack")
    failure = ValueError("no template")
    assert not ann.__exit__(ValueError, failure, None)
    with preparing(client(store, BOB), {name, other}):
        pass


def test_what_is_prepared_after_somebody_looked_and_before_they_saved_is_not_lost(
    store: Store, name: str
) -> None:
    ann, bob = client(store, ANN), client(store, BOB)
    with preparing(ann, {name}) as save:
        save(prepare(stack_of(name, TOPIC)))
    with pytest.raises(UserError, match="by ann is open until"), preparing(bob, {name}):
        pytest.fail("the review of ann is open")


def test_a_lock_of_a_killed_run_ends_and_a_made_up_one_locks_nothing(
    store: Store, name: str
) -> None:
    for number, age in ((1, LASTS), (9, -LASTS)):
        lock = Lock(by=ANN, arn="", at=now() - age)
        store.write(f"locks/{name}/{number:08}.json", lock.model_dump_json())
        with preparing(client(store, BOB), {name}):
            pass
    store.write(f"locks/{name}/00000019.json", "no lock")
    with preparing(client(store, BOB), {name}):
        pass


def test_a_run_that_was_overtaken_saves_nothing(store: Store, name: str) -> None:
    first, second = client(store, ANN), client(store, ANN)
    with preparing(first, {name}) as save:
        review = prepare(stack_of(name, TOPIC))
        with preparing(second, {name}):
            pass
        with pytest.raises(UserError, match="prepared by another run meanwhile"):
            save(review)
    assert [*first.records.reviews()] == []
    with pytest.raises(UserError, match="is gone"):
        verify(review.stacks[0])
