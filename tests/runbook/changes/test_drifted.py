"""What the console changed: in a review's head, and between the review and its execution."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from rich.console import Console

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes import commands
from runbook.changes.context import Context
from runbook.changes.records import Records
from runbook.changes.review import ExecutionStatus, Review
from runbook.changes.stores import Folder
from runbook.drift.change import Sort
from runbook.drift.reviewed import refuse_new, with_drift
from settings import parse
from tests.runbook.changes.stacks import TOPIC, bucket, deploy, prepare, run, stack_of
from tests.runbook.conftest import ACCOUNT, REGION

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]

OPEN = {"Version": "2012-10-17", "Statement": []}
VERSIONED = {"VersioningConfiguration": {"Status": "Enabled"}}


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=200)


def said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def at(place: str, resource: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """A resource at a place of the application, with further properties."""
    return {
        **resource,
        "Properties": {**resource["Properties"], **properties},
        "Metadata": {"aws:cdk:path": f"stack/{place}/Resource"},
    }


PUBLISH = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": {"Ref": "Topic"},
        }
    ],
}
"""A topic's own policy, as every topic of ours has one."""


def topic(name: str, title: str) -> dict[str, Any]:
    properties = {"TopicName": name, "DisplayName": title}
    return at("topics/news/topic", {"Type": "AWS::SNS::Topic", "Properties": properties})


def stack(name: str, *, title: str = "News") -> dict[str, Any]:
    return {
        "Bucket": at("buckets/reports/bucket", bucket(name), **VERSIONED),
        "Topic": topic(name, title),
        "Policy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {"Topics": [{"Ref": "Topic"}], "PolicyDocument": PUBLISH},
        },
    }


def suspend(name: str) -> None:
    boto3.client("s3", config=aws.CONFIG).put_bucket_versioning(
        Bucket=name, VersioningConfiguration={"Status": "Suspended"}
    )


def rename(name: str) -> None:
    sns = boto3.client("sns")
    arn = f"arn:aws:sns:us-east-1:123456789012:{name}"
    sns.set_topic_attributes(TopicArn=arn, AttributeName="DisplayName", AttributeValue="Theirs")


def reviewed(console: Console, name: str, title: str = "Fresh news") -> Review:
    return with_drift(console, prepare(stack_of(name, stack(name, title=title))))


def test_what_was_changed_before_is_recorded_in_the_review(console: Console, name: str) -> None:
    deploy(name, stack(name))
    suspend(name)
    (change,) = reviewed(console, name).drift.changes
    assert (change.place, change.sort) == ("buckets/reports/bucket", Sort.DATA)
    assert (change.was, change.now) == ("Enabled", "Suspended")


def test_a_change_that_the_review_has_is_no_reason_to_stop(console: Console, name: str) -> None:
    deploy(name, stack(name))
    rename(name)
    review = reviewed(console, name)
    refuse_new(console, review)
    assert said(console) == ""
    run(review)


def test_what_is_reviewed_and_changed_since_stops_the_execution(
    console: Console, name: str
) -> None:
    deploy(name, stack(name))
    review = reviewed(console, name)
    rename(name)
    with pytest.raises(UserError, match="What the review changes was changed since") as refused:
        refuse_new(console, review)
    assert "News → Theirs" in refused.value.message
    assert "groundwork drift --revert" in refused.value.advice


def test_the_command_executes_nothing_of_it(console: Console, name: str, tmp_path: Path) -> None:
    caller = aws.Caller(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/approver", "AIDA")
    settings = parse(f'account: "{ACCOUNT}"\nbackup: {{buckets: {{reports: {{}}}}}}\n')
    context = Context(console, settings, caller, Records(Folder(tmp_path), "AIDA"))
    deploy(name, stack(name))
    review = reviewed(console, name)
    context.records.save_review(review)
    commands.approve(context, review.id, (), None)
    rename(name)
    with pytest.raises(UserError, match="was changed since"):
        commands.run(context, review.id)
    assert context.records.executions(review) == []
    assert "News → Theirs" not in said(console)


def test_a_stack_that_waits_for_another_is_compared_once_more(
    console: Console, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = aws.Caller(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/approver", "AIDA")
    settings = parse(f'account: "{ACCOUNT}"\nbackup: {{buckets: {{reports: {{}}}}}}\n')
    context = Context(console, settings, caller, Records(Folder(tmp_path), "AIDA"))
    deploy(name, stack(name))
    first = stack_of(f"{name}-first", TOPIC)
    waits = stack_of(name, stack(name, title="Fresh news"), depends_on=(first.name,))
    review = with_drift(console, prepare(first, waits))
    context.records.save_review(review)
    commands.approve(context, review.id, (), None)

    def look(console: Console, review: Review) -> None:
        refuse_new(console, review)
        rename(name)

    monkeypatch.setattr(commands, "refuse_new", look)
    with pytest.raises(UserError, match="was changed since"):
        commands.run(context, review.id)
    created = aws.cloudformation(REGION).describe_stacks(StackName=first.name)["Stacks"][0]
    assert created["StackStatus"] == "CREATE_COMPLETE"
    assert context.records.executions(review)[-1].status is ExecutionStatus.FAILED


def test_what_is_changed_since_elsewhere_is_said_and_stops_nothing(
    console: Console, name: str
) -> None:
    deploy(name, stack(name))
    review = reviewed(console, name)
    suspend(name)
    refuse_new(console, review)
    assert "Changed since the review, in what it leaves alone" in said(console)
    assert "Enabled → Suspended" in said(console)


def test_a_stack_that_does_not_exist_yet_is_not_asked(console: Console, name: str) -> None:
    assert reviewed(console, name).drift.changes == ()
    assert reviewed(console, name).drift.unasked == ()


def test_a_user_that_somebody_deleted_is_named_as_deleted(console: Console, name: str) -> None:
    user = {"Type": "AWS::IAM::User", "Properties": {"UserName": name}}
    before = {**stack(name), "User": at("senders/app/user", user)}
    deploy(name, before)
    boto3.client("iam").delete_user(UserName=name)
    after = {**before, "Topic": topic(name, "Fresh news")}
    (change,) = with_drift(console, prepare(stack_of(name, after))).drift.changes
    assert (change.place, change.sort) == ("senders/app/user", Sort.DELETED)


@pytest.fixture
def stranger(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process as a user who may read stacks, and nothing else."""
    iam = boto3.client("iam")
    iam.create_user(UserName=f"{name}-reader")
    reads = ["cloudformation:DescribeStacks", "cloudformation:GetTemplate"]
    statement = {
        "Effect": "Allow",
        "Action": [*reads, "cloudformation:ListStackResources"],
        "Resource": "*",
    }
    document = json.dumps({**OPEN, "Statement": [statement]})
    iam.put_user_policy(UserName=f"{name}-reader", PolicyName="reads", PolicyDocument=document)
    key = iam.create_access_key(UserName=f"{name}-reader")["AccessKey"]
    _forget()
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        patch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        yield
    _forget()


def _forget() -> None:
    boto3.DEFAULT_SESSION = None
    aws.cloudformation.cache_clear()


def test_what_nobody_may_ask_is_said_with_the_permission(
    console: Console, name: str, request: pytest.FixtureRequest
) -> None:
    deploy(name, stack(name))
    review = prepare(stack_of(name, stack(name, title="Fresh news")))
    request.getfixturevalue("stranger")
    found = with_drift(console, review).drift
    assert {item.what for item in found.unasked} == {
        "what its template names",
        "what stands beside the declared",
    }
    assert "cloudformation:DetectStackDrift" in found.unasked[0].why
    refuse_new(console, review.model_copy(update={"drift": found}))
    assert "Not known whether it was changed" in said(console)
    with pytest.raises(UserError, match="cannot be compared with what is there") as refused:
        refuse_new(console, review)
    assert "cloudformation:DetectStackDrift" in refused.value.message
    assert "Run the command again" in refused.value.advice
