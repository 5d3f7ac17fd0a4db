"""What can be said of a bucket's backups: what arrived, what is late, what is not as declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from botocore.exceptions import ClientError

from runbook.backup.bucket import Contents, Lifecycle, contents, declared, lifecycle
from runbook.base import aws
from runbook.credentials.keys import Entry
from settings.models.backup import Bucket

HOUR = 3600
MISSING = ("NoSuchBucket", "404")


@dataclass(frozen=True)
class Report:
    """One bucket. Whatever is in `problems` asks for somebody."""

    name: str
    region: str
    contents: Contents | None
    """None where the bucket is not there."""
    lifecycle: Lifecycle | None
    keys: Sequence[Entry]
    problems: Sequence[str]


def report(name: str, bucket: Bucket, keys: Sequence[Entry], now: datetime) -> Report:
    """Ask S3 about a bucket, and compare it with the file."""
    try:
        held, kept = contents(name, bucket.region), lifecycle(name, bucket.region)
    except ClientError as error:
        if aws.code(error) not in MISSING:
            raise
        return Report(name, bucket.region, None, None, keys, ["it is not deployed"])
    problems = [
        *lateness(held, bucket.expect_every, now),
        *kept.differences(declared(bucket)),
        *(f"{entry.name} has no access key" for entry in keys if entry.current is None),
    ]
    return Report(name, bucket.region, held, kept, keys, problems)


def lateness(held: Contents, expect_every: int | None, now: datetime) -> list[str]:
    """Say whether something should have arrived by now."""
    if expect_every is None or not held.whole:
        return []
    limit = expect_every // HOUR
    if held.last is None:
        return [f"nothing ever arrived, and something is expected every {limit} hours"]
    hours = int((now - held.last).total_seconds()) // HOUR
    if (now - held.last).total_seconds() <= expect_every:
        return []
    return [f"nothing arrived for {hours} hours, and something is expected every {limit}"]
