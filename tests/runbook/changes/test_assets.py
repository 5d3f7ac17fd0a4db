"""The code of functions: what runs is what was reviewed, whoever may publish."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import boto3
import pytest

from runbook.base import aws
from runbook.base.assembly import Stack
from runbook.base.errors import UserError
from runbook.changes import assets
from runbook.changes.assets import unpinned
from runbook.changes.template.held import Held, refused
from tests.runbook.changes.stacks import Resources, only, prepare, run, stack_of
from tests.runbook.conftest import ACCOUNT, REGION, TEMPLATES

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]

LITERAL = TEMPLATES
SUBSTITUTED = {"Fn::Sub": "code-${AWS::AccountId}-${AWS::Region}"}


def published(bucket: str, key: str, says: str) -> str:
    """Publish a function's code; return its digest as Lambda writes it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("index.py", f"def handler(event, context):\n    return {says!r}\n")
    boto3.client("s3", config=aws.CONFIG).put_object(
        Bucket=bucket, Key=key, Body=archive.getvalue()
    )
    return base64.b64encode(hashlib.sha256(archive.getvalue()).digest()).decode()


def function(name: str, bucket: Any) -> Resources:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    return {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": name,
                "Code": {"S3Bucket": bucket, "S3Key": f"{name}.zip"},
                "Handler": "index.handler",
                "Runtime": "python3.13",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            },
        },
    }


@pytest.fixture(params=[LITERAL, SUBSTITUTED], ids=["literal", "substituted"])
def bucket(request: pytest.FixtureRequest) -> Any:
    """A bucket's name as a template has it."""
    s3 = boto3.client("s3", config=aws.CONFIG)
    s3.create_bucket(Bucket=_name(request.param))
    s3.put_bucket_versioning(
        Bucket=_name(request.param), VersioningConfiguration={"Status": "Enabled"}
    )
    return request.param


def _name(bucket: Any) -> str:
    return bucket if isinstance(bucket, str) else f"code-{ACCOUNT}-{REGION}"


def test_code_published_again_after_the_review_is_not_what_runs(bucket: Any, name: str) -> None:
    reviewed = published(_name(bucket), f"{name}.zip", "reviewed")
    review = prepare(stack_of(name, function(name, bucket)))
    swapped = published(_name(bucket), f"{name}.zip", "swapped")
    run(review)
    deployed = boto3.client("lambda").get_function(FunctionName=name)["Configuration"]
    assert deployed["CodeSha256"] == reviewed != swapped


def test_the_template_that_cloudformation_holds_names_the_version(name: str) -> None:
    published(TEMPLATES, f"{name}.zip", "reviewed")
    stack = only(prepare(stack_of(name, function(name, TEMPLATES))))
    client = aws.cloudformation(REGION)
    body: Any = client.get_template(StackName=name, ChangeSetName=stack.change_set or "")
    template = body["TemplateBody"]
    held = template if isinstance(template, dict) else json.loads(template)
    version = held["Resources"]["Function"]["Properties"]["Code"]["S3ObjectVersion"]
    assert stack.assets == {f"{name}.zip": version}


def test_code_in_a_bucket_that_keeps_no_versions_is_refused(name: str) -> None:
    boto3.client("s3", config=aws.CONFIG).create_bucket(Bucket=name)
    published(name, f"{name}.zip", "one")
    with pytest.raises(UserError, match="keeps no versions"):
        prepare(stack_of(name, function(name, name)))


def test_code_in_a_bucket_whose_name_is_computed_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="only CloudFormation knows"):
        prepare(stack_of(name, function(name, {"Ref": "Bucket"})))


def test_whoever_publishes_is_named_in_the_session_of_the_role(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    class Sts:
        def assume_role(self, *, RoleArn: str, RoleSessionName: str) -> Any:  # noqa: N803 - boto3's
            asked.append(RoleSessionName)
            return {"Credentials": dict.fromkeys(CREDENTIALS, "x")}

    monkeypatch.setattr(boto3, "client", lambda *_, **__: Sts())
    role = f"arn:aws:iam::{ACCOUNT}:role/publishing"
    assets._publisher(replace(STACK, publishing_role=role), "ann")
    assert asked == ["ann"]


CREDENTIALS = ("AccessKeyId", "SecretAccessKey", "SessionToken")
STACK = Stack(
    name="mail-us-east-1",
    construct_id="mail-us-east-1",
    account=ACCOUNT,
    region=REGION,
    template_url="",
    template={},
    execution_role="",
    publishing_role="",
    tags={},
    depends_on=(),
)


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"Code": {"S3Bucket": "b", "S3Key": "k"}}, "the code of It"),
        ({"Code": {"S3Bucket": "b", "S3Key": "k", "S3ObjectVersion": {"Ref": "V"}}}, "the code"),
        ({"Code": {"ImageUri": "a/b:latest"}}, "ImageUri of It"),
        ({"DefinitionS3Location": {"Bucket": "b", "Key": "k"}}, "DefinitionS3Location of It"),
    ],
)
def test_a_change_set_with_code_of_no_version_is_refused(
    properties: dict[str, Any], said: str
) -> None:
    template = {"Resources": {"It": {"Type": "AWS::Any::Thing", "Properties": properties}}}
    assert next(unpinned(template)).startswith(said)
    assert [*refused(Held(template, template))]
