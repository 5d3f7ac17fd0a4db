"""What a bucket holds, and how long it keeps it, as S3 says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.names import count
from settings.contract import DRILLS
from settings.models.backup import Bucket

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import LifecycleRuleOutputTypeDef

MOST_PAGES = 200
"""Pages of 1,000 objects that are looked through."""


@dataclass(frozen=True)
class Contents:
    """The objects of a bucket."""

    count: int
    size: int
    """In bytes."""
    last: datetime | None
    """When the newest arrived."""
    whole: bool
    """Whether all were looked through; the newest may be among the others."""


@dataclass(frozen=True)
class Lifecycle:
    """After how many days things go; None for never."""

    expire: int | None = None
    abort_uploads: int | None = None
    noncurrent: int | None = None

    def differences(self, declared: Lifecycle) -> list[str]:
        """Say where the bucket is not as the file has it."""
        names = {
            "expire": "expire_after_days",
            "abort_uploads": "abort_uploads_after_days",
            "noncurrent": "noncurrent_expire_after_days",
        }
        return [
            f"{name} is {_days(found)}, the file says {_days(wanted)}"
            for field, name in names.items()
            if (found := getattr(self, field)) != (wanted := getattr(declared, field))
        ]


def declared(bucket: Bucket) -> Lifecycle:
    """Return the lifecycle that the file asks for."""
    return Lifecycle(
        bucket.expire_after_days,
        bucket.abort_uploads_after_days,
        bucket.noncurrent_expire_after_days,
    )


def contents(name: str, region: str) -> Contents:
    """Look through a bucket's backups. Raises AWS's error where it is not there, or closed."""
    pages = _s3(region).get_paginator("list_objects_v2").paginate(Bucket=name)
    count = size = 0
    last: datetime | None = None
    for number, page in enumerate(pages, 1):
        for item in page.get("Contents", ()):
            if item["Key"].startswith(f"{DRILLS}/"):
                continue
            count, size = count + 1, size + item["Size"]
            last = max(last or item["LastModified"], item["LastModified"])
        if number == MOST_PAGES:
            return Contents(count, size, last, whole=not page["IsTruncated"])
    return Contents(count, size, last, whole=True)


def lifecycle(name: str, region: str) -> Lifecycle:
    """Return the lifecycle that holds for the whole bucket now."""
    try:
        rules = _s3(region).get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    except ClientError as error:
        if aws.code(error) != "NoSuchLifecycleConfiguration":
            raise
        rules = []
    live = [rule for rule in rules if rule["Status"] == "Enabled" and not _is_partial(rule)]
    return Lifecycle(
        _least(rule.get("Expiration", {}).get("Days") for rule in live),
        _least(
            rule.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation")
            for rule in live
        ),
        _least(rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays") for rule in live),
    )


def _is_partial(rule: LifecycleRuleOutputTypeDef) -> bool:
    return bool(rule.get("Prefix") or any(rule.get("Filter", {}).values()))


def _least(days: Iterable[int | None]) -> int | None:
    return min((number for number in days if number is not None), default=None)


def _s3(region: str) -> S3Client:
    return boto3.client("s3", region_name=region, config=aws.CONFIG)


def _days(days: int | None) -> str:
    return "never" if days is None else count(days, "day")
