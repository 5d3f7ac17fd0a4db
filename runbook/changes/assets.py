"""The functions' code that a template names, pinned to the very objects that were published.

A template holds a name for its code. Whoever may publish could put other code there under the same
name, after the review: so the review holds each object's version as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes.template.values import Template


def versions(template: Template, region: str) -> dict[str, str]:
    """Return the version of each object that a template takes code from, by its name."""
    client = boto3.client("s3", region_name=region, config=aws.CONFIG)
    found = {}
    for bucket, key in sorted(set(_objects(template))):
        try:
            head = client.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            raise UserError(f"{bucket}/{key} cannot be read: {aws.reason(error)}") from None
        found[key] = head.get("VersionId") or head["ETag"]
    return found


def _objects(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        bucket, key = value.get("S3Bucket"), value.get("S3Key")
        if isinstance(bucket, str) and isinstance(key, str):
            yield bucket, key
        for inside in value.values():
            yield from _objects(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _objects(inside)
