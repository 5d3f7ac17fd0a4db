"""Approving and executing a review: who may, what of, and what is kept of it."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from rich.console import Console

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes import commands
from runbook.changes.commands import Work
from runbook.changes.records import Bucket, Folder, Records, Store
from runbook.changes.review import Opening, Outcome, Review
from settings import Settings, parse
from tests.runbook.changes.stacks import (
    TOPIC,
    bucket,
    buckets,
    deploy,
    prepare,
    stack_of,
)
from tests.runbook.conftest import ACCOUNT, TEMPLATES

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]

AUTHOR = f"arn:aws:iam::{ACCOUNT}:user/author"
APPROVER = f"arn:aws:iam::{ACCOUNT}:user/approver"
TWO_PEOPLE = f"""
account: "{ACCOUNT}"
access:
  author: {{principals: ["{AUTHOR}"]}}
  approver: {{principals: ["{APPROVER}"]}}
"""


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, name: str) -> Store:
    """Both places in which records are kept."""
    if request.param == "folder":
        return Folder(tmp_path)
    client = boto3.client("s3", config=aws.CONFIG)
    client.create_bucket(Bucket=f"records-{name}", ObjectLockEnabledForBucket=True)
    return Bucket(client, f"records-{name}")


@pytest.fixture
def settings() -> Settings:
    return parse(TWO_PEOPLE)


@pytest.fixture
def work(store: Store, settings: Settings) -> Work:
    console = Console(file=io.StringIO(), width=120)
    return Work(console, settings, aws.Caller(ACCOUNT, APPROVER), Records(store))


def said(work: Work) -> str:
    """Return what a command printed."""
    stream = work.console.file
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


def kept(work: Work, review: Review) -> str:
    work.records.keep_review(review)
    return review.id


def test_an_approved_review_is_executed_and_recorded(work: Work, name: str) -> None:
    review = prepare(stack_of(name, {"Bucket": bucket(name)}))
    identifier = kept(work, review)
    commands.approve(work, identifier, (), None)
    assert name not in buckets()
    commands.run(work, identifier)
    assert name in buckets()
    execution = work.records.executions(review)[0]
    assert execution.outcome is Outcome.DONE
    assert execution.executed_by == APPROVER
    assert execution.change_sets == (review.stacks[0].change_set,)
    commands.history(work)
    assert identifier in said(work)
    assert "user/approver (executed)" in said(work)


def test_a_review_without_an_approval_is_not_executed(work: Work, name: str) -> None:
    identifier = kept(work, prepare(stack_of(name, {"Bucket": bucket(name)})))
    with pytest.raises(UserError, match="is not approved"):
        commands.run(work, identifier)
    assert name not in buckets()


def test_a_review_is_executed_once(work: Work, name: str) -> None:
    identifier = kept(work, prepare(stack_of(name, TOPIC)))
    commands.approve(work, identifier, (), None)
    commands.run(work, identifier)
    with pytest.raises(UserError, match="is executed already"):
        commands.run(work, identifier)


@pytest.mark.parametrize("alteration", ["byte", "space"])
def test_a_review_altered_by_one_byte_is_refused(
    work: Work, name: str, tmp_path: Path, alteration: str
) -> None:
    review = prepare(stack_of(name, {"Bucket": bucket(name)}))
    identifier = kept(work, review)
    commands.approve(work, identifier, (), None)
    text = review.text()
    altered = text + " " if alteration == "space" else text.replace(name, f"{name[:-1]}_", 1)
    elsewhere = Folder(tmp_path / "altered")
    elsewhere.write(f"reviews/{identifier}.json", altered)
    elsewhere.write(
        f"approvals/{identifier}.json",
        work.records.store.read(f"approvals/{identifier}.json") or "",
    )
    with pytest.raises(UserError, match="is not what was approved"):
        commands.run(work._replace(records=Records(elsewhere)), identifier)
    assert name not in buckets()


def test_a_record_is_never_written_over(work: Work, name: str) -> None:
    review = prepare(stack_of(name, TOPIC))
    kept(work, review)
    with pytest.raises(UserError):
        work.records.keep_review(review)


def test_the_author_of_a_review_cannot_approve_it(work: Work, name: str) -> None:
    identifier = kept(work, prepare(stack_of(name, TOPIC)))
    author = work._replace(caller=aws.Caller(ACCOUNT, AUTHOR))
    with pytest.raises(UserError, match="cannot approve it"):
        commands.approve(author, identifier, (), None)


def test_the_author_can_approve_where_one_person_is_enough(work: Work, name: str) -> None:
    identifier = kept(work, prepare(stack_of(name, TOPIC)))
    alone = work._replace(
        caller=aws.Caller(ACCOUNT, AUTHOR), settings=parse(f'account: "{ACCOUNT}"')
    )
    assert commands.approve(alone, identifier, (), None).approved_by == AUTHOR


def test_one_person_in_two_roles_is_still_one_person(work: Work, name: str) -> None:
    roles = [
        f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/someone@example.org"
        for role in ("groundwork-author", "groundwork-approver")
    ]
    review = prepare(stack_of(name, TOPIC)).model_copy(update={"prepared_by": roles[0]})
    identifier = kept(work, review)
    with pytest.raises(UserError, match="cannot approve it"):
        commands.approve(work._replace(caller=aws.Caller(ACCOUNT, roles[1])), identifier, (), None)


@pytest.mark.parametrize("typed", [(), ("Bucket",), ("wrong/name",)])
def test_a_loss_of_data_is_not_approved_without_its_name(
    work: Work, name: str, typed: tuple[str, ...]
) -> None:
    deploy(name, {**TOPIC, "Bucket": bucket(name)})
    identifier = kept(work, prepare(stack_of(name, TOPIC)))
    with pytest.raises(UserError, match="was not typed"):
        commands.approve(work, identifier, typed, None)
    with pytest.raises(UserError, match="was not typed"):
        commands.approve(work, identifier, typed, lambda asked: "yes")
    with pytest.raises(UserError, match="is not approved"):
        commands.run(work, identifier)


def test_a_loss_of_data_with_its_name_typed_is_executed_and_recorded(work: Work, name: str) -> None:
    deploy(name, {**TOPIC, "Bucket": bucket(name)})
    review = prepare(stack_of(name, TOPIC))
    identifier = kept(work, review)
    approval = commands.approve(work, identifier, (), lambda asked: asked)
    assert approval.typed == (f"{name}/Bucket",)
    commands.run(work, identifier)
    assert name not in buckets()
    assert work.records.executions(review)[0].lifted == (f"{name}/Bucket",)


def test_a_review_that_is_too_old_is_neither_approved_nor_executed(work: Work, name: str) -> None:
    fresh = prepare(stack_of(name, TOPIC))
    past = fresh.prepared_at - timedelta(days=2)
    identifier = kept(work, fresh.model_copy(update={"execute_before": past}))
    with pytest.raises(UserError, match="was good until"):
        commands.approve(work, identifier, (), None)


def test_a_failed_execution_is_recorded_with_its_cause(work: Work, name: str) -> None:
    refused = {
        "Type": "AWS::IAM::UserToGroupAddition",
        "Properties": {"GroupName": "no-such-group", "Users": ["nobody"]},
    }
    review = prepare(stack_of(name, {"Refused": refused}))
    identifier = kept(work, review)
    commands.approve(work, identifier, (), None)
    with pytest.raises(UserError):
        commands.run(work, identifier)
    execution = work.records.executions(review)[0]
    assert execution.outcome is Outcome.FAILED
    assert "Refused" in execution.message


def test_the_newest_review_is_meant_unless_one_is_named(work: Work, name: str) -> None:
    first = prepare(stack_of(name, TOPIC))
    kept(work, first.model_copy(update={"id": "20250101T000000-aaaaaa"}))
    kept(work, first.model_copy(update={"id": "20250102T000000-bbbbbb"}))
    assert work.records.review(None).review.id == "20250102T000000-bbbbbb"
    assert work.records.review("20250101").review.id == "20250101T000000-aaaaaa"
    with pytest.raises(UserError, match="several reviews"):
        work.records.review("2025")
    with pytest.raises(UserError, match="no such review"):
        work.records.review("1999")


def test_a_discarded_review_cannot_be_executed(work: Work, name: str) -> None:
    identifier = kept(work, prepare(stack_of(name, TOPIC)))
    commands.approve(work, identifier, (), None)
    commands.discard(work, identifier)
    with pytest.raises(UserError, match="gone"):
        commands.run(work, identifier)


def _forged(review: Review, **fields: object) -> Review:
    return review.model_copy(update={"stacks": (review.stacks[0].model_copy(update=fields),)})


@pytest.mark.parametrize("fields", [{"changes": ()}, {"permissions": Opening()}, {"risks": ()}])
def test_a_review_that_hides_what_would_happen_is_not_approved(
    work: Work, name: str, fields: dict[str, object]
) -> None:
    deploy(name, {**TOPIC, "Bucket": bucket(name)})
    policies = {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}
    user = {"Type": "AWS::IAM::User", "Properties": policies}
    risk = {"rule": "R", "on": "backup/x", "reason": "x", "owner": "x", "until": "2030-01-01"}
    review = prepare(stack_of(name, {**TOPIC, "User": user}, risks=[risk]))
    identifier = kept(work, _forged(review, **fields))
    with pytest.raises(UserError, match="than the review says"):
        commands.approve(work, identifier, (), lambda asked: asked)


def test_code_that_was_published_again_after_the_review_is_refused(work: Work, name: str) -> None:
    client = boto3.client("s3", config=aws.CONFIG)
    client.put_object(Bucket=TEMPLATES, Key=f"{name}.zip", Body=b"reviewed")
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Code": {"S3Bucket": TEMPLATES, "S3Key": f"{name}.zip"}, "Role": "none"},
    }
    review = prepare(stack_of(name, {"Function": function}))
    identifier = kept(work, review)
    commands.approve(work, identifier, (), None)
    client.put_object(Bucket=TEMPLATES, Key=f"{name}.zip", Body=b"something else")
    with pytest.raises(UserError, match="other code was published"):
        commands.run(work, identifier)


def test_a_damaged_record_is_listed_and_hides_no_other(work: Work, name: str) -> None:
    identifier = kept(work, prepare(stack_of(name, TOPIC)))
    work.records.store.write("reviews/20240101T000000-ffffff.json", "{}")
    commands.history(work)
    assert "cannot be read" in said(work)
    assert identifier in said(work)
    with pytest.raises(UserError, match="A record is damaged"):
        work.records.review("20240101")
