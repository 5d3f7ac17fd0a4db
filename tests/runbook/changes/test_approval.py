"""Approving and executing a review: who may, what of, and what is kept of it."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import boto3
import pytest

from runbook.base import aws, project
from runbook.base.errors import UserError
from runbook.changes import commands, direct, machine
from runbook.changes.change_set import find_stack
from runbook.changes.context import Context
from runbook.changes.history import history
from runbook.changes.parts import AccessDiff
from runbook.changes.prepare import Preparation, now
from runbook.changes.records import Records, records_of
from runbook.changes.review import Approval, ExecutionStatus, Review
from runbook.changes.stores import Bucket, Folder
from settings import Settings, parse
from tests.runbook.changes.approving import (
    ANN,
    APPROVER,
    AUTHOR,
    BOB,
    ONE_PERSON,
    TWO_PEOPLE,
    by,
    said,
    saved,
)
from tests.runbook.changes.stacks import (
    TOPIC,
    bucket,
    buckets,
    deploy,
    prepare,
    stack_of,
)
from tests.runbook.conftest import ACCOUNT, REGION

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


def test_an_approved_review_is_executed_and_recorded(context: Context, name: str) -> None:
    review = prepare(stack_of(name, {"Bucket": bucket(name)}))
    assert review.stacks[0].role == stack_of(name, {}).execution_role
    identifier = saved(context, review)
    commands.approve(context, identifier, (), None)
    assert name not in buckets()
    commands.run(context, identifier)
    assert name in buckets()
    begun, execution = context.records.executions(review)
    assert begun.status is ExecutionStatus.BEGUN
    assert execution.status is ExecutionStatus.DONE
    assert execution.executed_by == APPROVER
    assert execution.change_sets == (review.stacks[0].change_set,)
    history(context)
    assert identifier in said(context)
    assert "bob" in said(context)
    assert f"{execution.executed_at:%Y-%m-%d %H:%M} UTC (executed)" in said(context)


def test_a_review_without_an_approval_is_not_executed(context: Context, name: str) -> None:
    identifier = saved(context, prepare(stack_of(name, {"Bucket": bucket(name)})))
    with pytest.raises(UserError, match="is not approved"):
        commands.run(context, identifier)
    assert name not in buckets()


def test_a_review_is_executed_once(context: Context, name: str) -> None:
    identifier = saved(context, prepare(stack_of(name, TOPIC)))
    commands.approve(context, identifier, (), None)
    commands.run(context, identifier)
    with pytest.raises(UserError, match="already executed"):
        commands.run(context, identifier)


def test_a_review_beside_other_orders_is_not_approved(context: Context, name: str) -> None:
    """Another version of Groundwork writes others, and so does whoever forges them."""
    review = prepare(stack_of(name, TOPIC))
    store = context.records.store
    store.write(f"reviews/{ANN}/{review.id}/review.json", review.text())
    store.write(f"reviews/{ANN}/{review.id}/orders.json", "{}")
    with pytest.raises(UserError, match="prepared with another version of Groundwork"):
        commands.approve(context, review.id, (), None)


@pytest.mark.parametrize("alteration", ["byte", "space"])
def test_a_review_altered_by_one_byte_is_refused(
    context: Context, name: str, tmp_path: Path, alteration: str
) -> None:
    review = prepare(stack_of(name, {"Bucket": bucket(name)}))
    identifier = saved(context, review)
    commands.approve(context, identifier, (), None)
    text = review.text()
    altered = text + " " if alteration == "space" else text.replace(name, f"{name[:-1]}_", 1)
    elsewhere = Folder(tmp_path / "altered")
    elsewhere.write(f"reviews/{ANN}/{identifier}/review.json", altered)
    approval = f"approvals/{BOB}/{identifier}.json"
    elsewhere.write(approval, context.records.store.read(approval) or "")
    with pytest.raises(UserError, match="is not approved: it has 0 of 1 approvals"):
        commands.run(context._replace(records=Records(elsewhere, BOB)), identifier)
    assert name not in buckets()


def test_a_record_is_never_written_over(context: Context, name: str) -> None:
    review = prepare(stack_of(name, TOPIC))
    saved(context, review)
    with pytest.raises(UserError):
        by(context, ANN, AUTHOR).records.save_review(review)


def test_what_loses_kept_data_is_approved_once_the_file_no_longer_keeps_it(
    context: Context, name: str
) -> None:
    def declared(days: int, **metadata: bool) -> dict[str, Any]:
        made = bucket(name, Metadata=metadata)
        rule = {"Status": "Enabled", "ExpirationInDays": days}
        made["Properties"]["LifecycleConfiguration"] = {"Rules": [rule]}
        return {"Bucket": made}

    deploy(name, declared(30, GroundworkKeepData=True))
    shorter = saved(context, prepare(stack_of(name, declared(1))))
    with pytest.raises(UserError, match="Bucket: older data deleted, where the file says keep"):
        commands.approve(context, shorter, (f"{name}/Bucket",), None)
    given_up = prepare(stack_of(name, declared(30)))
    assert given_up.guarded == (f"{name}/Bucket",)
    deploy(name, declared(30))
    assert prepare(stack_of(name, declared(1))).ruled_out == ()


def test_the_author_of_a_review_cannot_approve_it(context: Context, name: str) -> None:
    identifier = saved(context, prepare(stack_of(name, TOPIC)))
    author = by(context, ANN, AUTHOR)
    with pytest.raises(UserError, match="cannot approve it"):
        commands.approve(author, identifier, (), None)


def test_the_author_can_approve_where_one_person_is_enough(context: Context, name: str) -> None:
    identifier = saved(context, prepare(stack_of(name, TOPIC)))
    alone = by(context, ANN, AUTHOR)._replace(settings=parse(ONE_PERSON))
    assert commands.approve(alone, identifier, (), None).approved_by == AUTHOR


@pytest.mark.parametrize("session", ["ann", "Ann", "ANN"])
def test_one_person_in_two_roles_is_still_one_person(
    context: Context, name: str, session: str
) -> None:
    identifier = saved(context, prepare(stack_of(name, TOPIC)))
    with pytest.raises(UserError, match="cannot approve it"):
        commands.approve(by(context, f"AROAAPPROVER:{session}", APPROVER), identifier, (), None)


def test_who_prepared_a_review_is_not_what_the_review_says(context: Context, name: str) -> None:
    forged = prepare(stack_of(name, TOPIC)).model_copy(update={"prepared_by": APPROVER})
    identifier = saved(context, forged)
    with pytest.raises(UserError, match="cannot approve it"):
        commands.approve(by(context, ANN, AUTHOR), identifier, (), None)
    history(context)
    assert "ann" in said(context)


def test_an_approval_that_was_recorded_for_another_text_is_none(
    context: Context, name: str
) -> None:
    review = prepare(stack_of(name, TOPIC))
    identifier = saved(context, review)
    approval = Approval(
        review=identifier, digest="0", orders="0", approved_by=BOB, approved_at=review.prepared_at
    )
    context.records.save_approval(approval)
    with pytest.raises(UserError, match="0 of 1 approvals"):
        commands.run(context, identifier)


def test_two_approvals_are_of_two_people(context: Context, name: str) -> None:
    two = context._replace(settings=parse(f"{TWO_PEOPLE}  approvers: 2\n"))
    identifier = saved(two, prepare(stack_of(name, TOPIC)))
    commands.approve(two, identifier, (), None)
    commands.approve(by(two, "AROAOTHER:Bob", APPROVER), identifier, (), None)
    with pytest.raises(UserError, match="1 of 2 approvals"):
        commands.run(two, identifier)
    commands.approve(by(two, "AROAAPPROVER:cleo", APPROVER), identifier, (), None)
    commands.run(two, identifier)


@pytest.mark.parametrize("typed", [(), ("Bucket",), ("wrong/name",)])
def test_a_loss_of_data_is_not_approved_without_its_name(
    context: Context, name: str, typed: tuple[str, ...]
) -> None:
    deploy(name, {**TOPIC, "Bucket": bucket(name)})
    identifier = saved(context, prepare(stack_of(name, TOPIC)))
    with pytest.raises(UserError, match="was not typed"):
        commands.approve(context, identifier, typed, None)
    with pytest.raises(UserError, match="was not typed"):
        commands.approve(context, identifier, typed, lambda asked: "yes")
    with pytest.raises(UserError, match="is not approved"):
        commands.run(context, identifier)


def test_a_loss_of_data_with_its_name_typed_is_executed(context: Context, name: str) -> None:
    deploy(name, {**TOPIC, "Bucket": bucket(name)})
    review = prepare(stack_of(name, TOPIC))
    identifier = saved(context, review)
    approval = commands.approve(context, identifier, (), lambda asked: asked)
    assert approval.typed == (f"{name}/Bucket",)
    commands.run(context, identifier)
    assert name not in buckets()
    assert context.records.executions(review)[0].lifted == (f"{name}/Bucket",)


def test_a_review_that_expired_is_not_approved(context: Context, name: str) -> None:
    fresh = prepare(stack_of(name, TOPIC))
    past = fresh.prepared_at - timedelta(days=2)
    identifier = saved(context, fresh.model_copy(update={"execute_before": past}))
    with pytest.raises(UserError, match="expired at"):
        commands.approve(context, identifier, (), None)


@pytest.mark.parametrize("begun", [True, False])
def test_a_review_that_expired_is_not_begun_and_one_that_was_is_still_shown(
    context: Context, name: str, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    identifier = saved(context, prepare(stack_of(name, TOPIC)))
    commands.approve(context, identifier, (), None)
    found = context.records.review(identifier)
    later = found.review.execute_before + timedelta(seconds=1)
    monkeypatch.setattr(direct, "now", lambda: later)
    if begun:
        direct._record(context, found, (), ExecutionStatus.BEGUN)
    shown: list[str] = []
    monkeypatch.setattr(machine, "start", lambda *_: "arn")
    monkeypatch.setattr(machine, "follow", lambda *_: shown.append(identifier))
    with nullcontext() if begun else pytest.raises(UserError, match="expired at"):
        commands.run(context, identifier)
    assert shown == [identifier] * begun


def test_interrupted_before_its_review_is_saved_a_preparation_leaves_no_change_set(
    context: Context, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comparing what the console changed takes a minute or two."""
    made = prepare(stack_of(name, TOPIC))
    assembly: Any = SimpleNamespace(stacks=made.stacks)
    assembly.only = lambda stacks: assembly
    monkeypatch.setattr("runbook.changes.commands.doctor.warn", lambda *_: None)
    monkeypatch.setattr(project, "synthesize", lambda *_: assembly)
    monkeypatch.setattr(commands, "prepared", lambda *_: made)
    monkeypatch.setattr(commands, "with_drift", _interrupted)
    with pytest.raises(KeyboardInterrupt):
        commands.prepare(context, Path("groundwork.yaml"), (), Path("assembly"))
    assert find_stack(aws.cloudformation(REGION), name) is None


def test_no_change_set_is_made_before_every_region_was_asked(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    preparation: Any = Mock()
    monkeypatch.setattr(Preparation, "of", lambda *_: preparation)
    monkeypatch.setattr(commands, "undeclared", _interrupted)
    file, assembly = Path("groundwork.yaml"), Mock(names=())
    with pytest.raises(KeyboardInterrupt):
        commands.prepared(context.console, assembly, context.settings, file, context.caller, now())
    preparation.make.assert_not_called()


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_failed_execution_is_recorded_with_its_cause(context: Context, name: str) -> None:
    refused = {
        "Type": "AWS::IAM::UserToGroupAddition",
        "Properties": {"GroupName": "no-such-group", "Users": ["nobody"]},
    }
    review = prepare(stack_of(name, {"Refused": refused}))
    identifier = saved(context, review)
    commands.approve(context, identifier, (), None)
    with pytest.raises(UserError):
        commands.run(context, identifier)
    execution = context.records.executions(review)[-1]
    assert execution.status is ExecutionStatus.FAILED
    assert "Refused" in execution.message


def test_the_newest_review_is_meant_unless_one_is_named(context: Context, name: str) -> None:
    first = prepare(stack_of(name, TOPIC))
    saved(context, first.model_copy(update={"id": "20250101T000000-aaaaaa"}))
    saved(context, first.model_copy(update={"id": "20250102T000000-bbbbbb"}))
    assert context.records.review(None).review.id == "20250102T000000-bbbbbb"
    assert context.records.review("20250101").review.id == "20250101T000000-aaaaaa"
    with pytest.raises(UserError, match="several reviews"):
        context.records.review("2025")
    with pytest.raises(UserError, match="no such review"):
        context.records.review("1999")


def test_a_discarded_review_cannot_be_executed(context: Context, name: str) -> None:
    identifier = saved(context, prepare(stack_of(name, TOPIC)))
    commands.approve(context, identifier, (), None)
    commands.discard(context, identifier)
    with pytest.raises(UserError, match="gone"):
        commands.run(context, identifier)


def test_discarding_a_review_leaves_a_deployed_stack(context: Context, name: str) -> None:
    deploy(name, {"Bucket": bucket(name)})
    identifier = saved(context, prepare(stack_of(name, {**TOPIC, "Bucket": bucket(name)})))
    commands.discard(context, identifier)
    assert name in buckets()
    assert find_stack(aws.cloudformation(REGION), name)


def test_only_what_was_typed_may_go(context: Context, name: str) -> None:
    deploy(name, {**TOPIC, "One": bucket(name), "Two": bucket(f"{name}-2")})
    review = prepare(stack_of(name, TOPIC))
    saved(context, review)
    stored = context.records.review(review.id)
    approval = Approval(
        review=review.id,
        digest=stored.digest,
        orders=stored.orders,
        approved_by=APPROVER,
        approved_at=review.prepared_at,
        typed=(f"{name}/One",),
    )
    context.records.save_approval(approval)
    with pytest.raises(UserError, match="stack policy"):
        commands.run(context, review.id)
    assert f"{name}-2" in buckets()
    assert context.records.executions(review)[0].lifted == (f"{name}/One",)


def test_records_go_to_the_bucket_as_soon_as_it_is_there(
    settings: Settings, tmp_path: Path
) -> None:
    alone = parse(ONE_PERSON)
    who = aws.Caller(ACCOUNT, APPROVER, BOB)
    assert isinstance(records_of(settings, tmp_path, who).store, Folder)
    boto3.client("s3", config=aws.CONFIG).create_bucket(Bucket=settings.records_bucket)
    assert isinstance(records_of(settings, tmp_path, who).store, Bucket)
    assert isinstance(records_of(alone, tmp_path, who).store, Folder)


def _forged(review: Review, **fields: object) -> Review:
    return review.model_copy(update={"stacks": (review.stacks[0].model_copy(update=fields),)})


@pytest.mark.parametrize("fields", [{"changes": ()}, {"permissions": AccessDiff()}, {"risks": ()}])
def test_a_review_that_hides_what_would_happen_is_not_approved(
    context: Context, name: str, fields: dict[str, object]
) -> None:
    deploy(name, {**TOPIC, "Bucket": bucket(name)})
    policies = {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}
    user = {"Type": "AWS::IAM::User", "Properties": policies}
    risk = {"rule": "R", "on": "backup/x", "reason": "x", "owner": "x", "until": "2030-01-01"}
    review = prepare(stack_of(name, {**TOPIC, "User": user}, risks=[risk]))
    identifier = saved(context, _forged(review, **fields))
    with pytest.raises(UserError, match="than the review says"):
        commands.approve(context, identifier, (), lambda asked: asked)


def test_a_damaged_record_is_listed_and_hides_no_other(context: Context, name: str) -> None:
    identifier = saved(context, prepare(stack_of(name, TOPIC)))
    context.records.store.write("reviews/AROAX:eve/99990101T000000-ffffff/review.json", "{}")
    context.records.store.write("reviews/elsewhere.json", "{}")
    history(context)
    assert "cannot be read" in said(context)
    assert identifier in said(context)
    assert context.records.review(None).review.id == identifier
    with pytest.raises(UserError, match="A record is damaged"):
        context.records.review("99990101")
