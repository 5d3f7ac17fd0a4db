"""Stacks of few resources, prepared and executed as the command does it."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

import boto3

from runbook.base import aws
from runbook.base.assembly import Stack
from runbook.changes.events import Event
from runbook.changes.execute import execute
from runbook.changes.prepare import Preparation, now, review
from runbook.changes.review import Review, StackReview
from tests.runbook.conftest import ACCOUNT, REGION, TEMPLATES

Resources = dict[str, dict[str, Any]]

AUTHOR = aws.Caller(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/author", "AIDAAUTHOR")
TOPIC: Resources = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "one"}}}


@dataclass
class Made:
    """An assembly that was not synthesized: what `Preparation` asks of one, and no more."""

    stacks: list[Stack]
    account: str = ACCOUNT


def stack_of(
    name: str,
    resources: Resources,
    *,
    depends_on: tuple[str, ...] = (),
    risks: list[dict[str, str]] | None = None,
) -> Stack:
    """Upload a template and describe its stack, as an assembly would."""
    key = f"{uuid.uuid4()}.json"
    metadata = {"GroundworkAcceptedRisks": risks or []}
    template = {"Resources": resources, "Metadata": metadata}
    body = json.dumps(template)
    boto3.client("s3", config=aws.CONFIG).put_object(Bucket=TEMPLATES, Key=key, Body=body)
    return Stack(
        name=name,
        construct_id=name,
        account=ACCOUNT,
        region=REGION,
        template_url=f"https://s3.{REGION}.amazonaws.com/{TEMPLATES}/{key}",
        template=template,
        publishing_role="",
        execution_role=f"arn:aws:iam::{ACCOUNT}:role/execution",
        tags={},
        depends_on=depends_on,
    )


def prepare(*stacks: Stack) -> Review:
    """Make the change sets of some stacks."""
    made: Any = Made(list(stacks))
    moment = now()
    preparation = Preparation.of(made, moment)
    return review(
        made,
        preparation.make(AUTHOR),
        name=preparation.name,
        configuration="test.yaml",
        prepared_by=AUTHOR.arn,
        now=moment,
    )


def deploy(name: str, resources: Resources) -> None:
    """Create or update a stack, with everything lifted that a test's first state may need."""
    prepared = prepare(stack_of(name, resources))
    run(prepared, lifted=prepared.guarded)


def run(prepared: Review, *, lifted: tuple[str, ...] = ()) -> list[Event]:
    """Execute a review, and return what was told meanwhile."""
    events: list[Event] = []
    execute(prepared, events.append, lifted=lifted)
    return events


def only(prepared: Review) -> StackReview:
    """Return the review's one stack."""
    assert len(prepared.stacks) == 1
    return prepared.stacks[0]


def bucket(name: str, **attributes: Any) -> dict[str, Any]:
    """Describe a bucket; `attributes` stand beside its properties."""
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}, **attributes}


def buckets() -> set[str]:
    """Return the names of the buckets that there are."""
    found = boto3.client("s3", config=aws.CONFIG).list_buckets()["Buckets"]
    return {item["Name"] for item in found}
