"""What a change would reach in the account as it is now, counted.

A count is for the reader: it is no part of what is executed, and may differ a minute later.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from runbook.base import aws
from runbook.base.names import count
from runbook.changes.parts import Expiry, Observation, ResourceChange
from runbook.changes.review import StackReview
from runbook.changes.text import size

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import DeleteMarkerEntryTypeDef, ObjectVersionTypeDef

MOST = 100_000
"""Objects that are looked at in one bucket. What is beyond is said to be there."""


class Object(NamedTuple):
    """An object or an older version: since when it counts towards its limit, and how large."""

    since: datetime
    bytes: int


class _Version(NamedTuple):
    """A version of an object, or a delete marker, which has no size."""

    key: str
    since: datetime
    latest: bool
    bytes: int | None = None

    @classmethod
    def of(
        cls, item: ObjectVersionTypeDef | DeleteMarkerEntryTypeDef, size: int | None = None
    ) -> _Version:
        """Read an entry of S3's listing."""
        return cls(item["Key"], item["LastModified"], item["IsLatest"], size)


def observations(stack: StackReview, now: datetime) -> Iterator[Observation]:
    """Yield what the changes of a stack would reach."""
    for change in stack.changes:
        for reason in change.reasons:
            if reason.expiry and change.physical_id:
                text = _expiring(change, reason.expiry, stack.region, now)
                yield Observation(place=change.place, text=text)


def _expiring(change: ResourceChange, expiry: Expiry, region: str, now: datetime) -> str:
    client = boto3.client("s3", region_name=region, config=aws.CONFIG)
    listing = _versions if expiry.noncurrent else _objects
    limit = now - timedelta(days=expiry.days)
    seen = number = total = 0
    try:
        for item in listing(client, change.physical_id, expiry.prefix):
            seen += 1
            if item.since < limit:
                number, total = number + 1, total + item.bytes
            if seen == MOST:
                break
    except (BotoCoreError, ClientError) as error:
        why = aws.reason(error) if isinstance(error, ClientError) else str(error)
        return f"what is older than the new limit cannot be counted: {why}"
    what = "older version" if expiry.noncurrent else "object"
    more = f", among the first {MOST:,}" if seen == MOST else ""
    verb = "is" if number == 1 else "are"
    return f"{count(number, what)}, {size(total)}, {verb} older than the new limit{more}"


def _objects(client: S3Client, bucket: str, prefix: str) -> Iterator[Object]:
    pages = client.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", ()):
            yield Object(item["LastModified"], item["Size"])


def _versions(client: S3Client, bucket: str, prefix: str) -> Iterator[Object]:
    """Yield older versions: each counts from when the next one, or a delete marker, replaced it."""
    pages = client.get_paginator("list_object_versions")
    key, newer = "", datetime.min.replace(tzinfo=UTC)
    for page in pages.paginate(Bucket=bucket, Prefix=prefix):
        held = [_Version.of(item, item["Size"]) for item in page.get("Versions", ())]
        gone = [_Version.of(item) for item in page.get("DeleteMarkers", ())]
        for one in sorted([*held, *gone], key=_newest_first):
            if not one.latest and one.bytes is not None:
                yield Object(newer if one.key == key else one.since, one.bytes)
            key, newer = one.key, one.since


def _newest_first(version: _Version) -> tuple[str, bool, float]:
    return version.key, not version.latest, -version.since.timestamp()
