"""How a drill ended: an object in the bucket, for people, and a metric, for the alarms."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3

from runbook.backup.drill.assignment import Assignment
from runbook.base import aws
from runbook.credentials.values import BackupSecret
from settings.contract import DRILL_METRIC, DRILL_NAMESPACE, DRILLS


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
    client("s3", given.secret).put_object(
        Bucket=bucket, Key=key, Body=body, ContentType="application/json"
    )
    dimensions = [{"Name": "Bucket", "Value": bucket}, {"Name": "User", "Value": user}]
    value = float(result.problem is None)
    datum = {"MetricName": DRILL_METRIC, "Dimensions": dimensions, "Value": value}
    client("cloudwatch", given.secret).put_metric_data(
        Namespace=DRILL_NAMESPACE, MetricData=[datum]
    )
    return key


def client(service: str, secret: BackupSecret) -> Any:
    """Make a client with the drill's own key, not that of whoever calls."""
    make: Any = boto3.client
    return make(
        service,
        region_name=secret.region,
        aws_access_key_id=secret.access_key_id,
        aws_secret_access_key=secret.secret_access_key,
        config=aws.CONFIG,
    )
