"""The functions' code that a template names, pinned to the very objects that were published.

A template names its code by bucket and key. Whoever may publish could put other code there under
the same key, after the review; Lambda takes the newest. So the template that CloudFormation gets
names each object's version too, and a change set's ARN pins everything that runs.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html>
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError
from pydantic import JsonValue

from runbook.base import aws
from runbook.base.assembly import Stack
from runbook.base.errors import UserError
from runbook.changes.template.values import Template, resources

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Code = dict[str, JsonValue]
"""A value of a template with S3Bucket, S3Key and, pinned, S3ObjectVersion."""


def published(stack: Stack, session: str) -> str:
    """Return the URL of the stack's template with its code pinned; publish it if it has any.

    CloudTrail shows who publishes by the name of the session.
    """
    pinned = pin(stack)
    if pinned == stack.template:
        return stack.template_url
    text = json.dumps(pinned, indent=1).encode()
    start, _, _ = stack.template_url.rpartition("/")
    bucket, key = start.rpartition("/")[2], f"{hashlib.sha256(text).hexdigest()}.json"
    try:
        _publisher(stack, session).put_object(Bucket=bucket, Key=key, Body=text)
    except ClientError as error:
        raise UserError(f"{bucket}/{key} cannot be written: {aws.reason(error)}") from None
    return f"{start}/{key}"


def pin(stack: Stack) -> Template:
    """Return the stack's template with the version of every object that it takes code from."""
    client = boto3.client("s3", region_name=stack.region, config=aws.CONFIG)
    copy: Template = json.loads(json.dumps(stack.template))
    for code in _codes(copy.get("Resources")):
        bucket, key = (_name(code[name], stack) for name in ("S3Bucket", "S3Key"))
        code["S3ObjectVersion"] = _version(client, bucket, key)
    return copy


def versions(template: Template) -> dict[str, str]:
    """Return the version of each object that a template takes code from, by its name."""
    return {
        str(code["S3Key"]): str(code["S3ObjectVersion"])
        for code in _codes(template.get("Resources"))
        if "S3ObjectVersion" in code
    }


def unpinned(template: Template) -> Iterator[str]:
    """Yield what a template takes from elsewhere without saying which version of it."""
    for logical_id, resource in resources(template).items():
        if any(not isinstance(c.get("S3ObjectVersion"), str) for c in _codes(resource)):
            yield f"the code of {logical_id}, without the version of its object"
        for key in _keys(resource):
            if key == "ImageUri" or key.endswith("S3Location"):
                yield f"{key} of {logical_id}, which names no version"


def _codes(value: JsonValue) -> Iterator[Code]:
    if isinstance(value, dict):
        if "S3Key" in value and "S3Bucket" in value:
            yield value
        for inside in value.values():
            yield from _codes(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _codes(inside)


def _keys(value: JsonValue) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for inside in value.values():
            yield from _keys(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _keys(inside)


def _name(value: JsonValue, stack: Stack) -> str:
    """Return the name of a bucket or key; work out the account and region in it."""
    known = {
        "AWS::AccountId": stack.account,
        "AWS::Region": stack.region,
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
    }
    if isinstance(value, str):
        return value
    text = value.get("Fn::Sub") if isinstance(value, dict) else None
    if isinstance(text, str):
        for name, found in known.items():
            text = text.replace(f"${{{name}}}", found)
        if "${" not in text:
            return text
    raise UserError(
        f"{stack.name} takes code from {json.dumps(value)}, whose name only CloudFormation knows.",
        "Name the bucket and the key as text, so that its version can be pinned.",
    )


def _version(client: S3Client, bucket: str, key: str) -> str:
    try:
        head = client.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        raise UserError(f"{bucket}/{key} cannot be read: {aws.reason(error)}") from None
    if "VersionId" not in head:
        raise UserError(
            f"The bucket {bucket} keeps no versions, so the code in it cannot be pinned.",
            "Switch its versioning on; the CDK's bootstrap does.",
        )
    return head["VersionId"]


def _publisher(stack: Stack, session: str) -> S3Client:
    """Return S3 as the bootstrap's role that publishes, where the stack names one."""
    if not stack.publishing_role:
        return boto3.client("s3", region_name=stack.region, config=aws.CONFIG)
    sts = boto3.client("sts", region_name=stack.region, config=aws.CONFIG)
    try:
        given = sts.assume_role(RoleArn=stack.publishing_role, RoleSessionName=session)
    except ClientError as error:
        raise UserError(f"{stack.name} cannot be published: {aws.reason(error)}") from None
    return boto3.client(
        "s3",
        region_name=stack.region,
        config=aws.CONFIG,
        aws_access_key_id=given["Credentials"]["AccessKeyId"],
        aws_secret_access_key=given["Credentials"]["SecretAccessKey"],
        aws_session_token=given["Credentials"]["SessionToken"],
    )
