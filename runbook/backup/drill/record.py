"""How a drill ended: an object in the bucket, for people, and a metric, for the alarms."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3

from runbook.backup.drill.assignment import Assignment
from runbook.base import aws
from runbook.credentials.values import BackupSecret
from settings.contract import DRILL_METRIC, DRILL_NAMESPACE, DRILLS

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import DimensionTypeDef


@dataclass(frozen=True)
class Result:
    """How one drill ended."""

    given: Assignment
    problem: str | None
    ended: datetime

    def plain(self) -> dict[str, object]:
        """Return it for programs, and for the object in the bucket: without any data or key."""
        given, backup = self.given, self.given.findings.backup
        return {
            "user": given.secret.name,
            "of": given.drill.of,
            "bucket": given.secret.bucket,
            "began": given.began.isoformat(timespec="seconds"),
            "ended": self.ended.isoformat(timespec="seconds"),
            "succeeded": self.problem is None,
            "problem": self.problem,
            "backup": backup.name if backup else None,
            "made": backup.made.isoformat(timespec="seconds") if backup else None,
            "bytes": backup.size if backup else None,
            "steps": given.findings.steps,
        }


def record(result: Result) -> str:
    """Put the result into the bucket, and then its metric. Return the object's key."""
    given = result.given
    bucket, user = given.secret.bucket, given.secret.name
    key = f"{DRILLS}/{user}/{result.ended.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.json"
    body = json.dumps(result.plain(), indent=2).encode()
    own = session(given.secret)
    own.client("s3", config=aws.CONFIG).put_object(
        Bucket=bucket, Key=key, Body=body, ContentType="application/json"
    )
    dimensions: list[DimensionTypeDef] = [
        {"Name": "Bucket", "Value": bucket},
        {"Name": "User", "Value": user},
    ]
    value = float(result.problem is None)
    own.client("cloudwatch", config=aws.CONFIG).put_metric_data(
        Namespace=DRILL_NAMESPACE,
        MetricData=[{"MetricName": DRILL_METRIC, "Dimensions": dimensions, "Value": value}],
    )
    return key


def session(secret: BackupSecret) -> boto3.Session:
    """Return a session with the drill's own key, not that of whoever calls."""
    return boto3.Session(
        region_name=secret.region,
        aws_access_key_id=secret.access_key_id,
        aws_secret_access_key=secret.secret_access_key,
    )
