"""How the drills of a database ended, and whether a copy is there that one of them made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from runbook.base import aws
from settings import Settings
from settings.contract import DRILL_METRIC, DRILL_NAMESPACE, drill_copy, drill_log, drill_writer
from settings.models.data import Aurora

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricStatTypeDef, MetricTypeDef
    from mypy_boto3_rds import RDSClient

DAYS = 14
"""How far back the metric is read: twice the longest `every`."""
HOUR = 3600
LONGEST = timedelta(hours=12)
"""A copy that is older was left by a drill that was stopped: a drill gives up after six hours."""
ABSENT = ("DBInstanceNotFound", "DBClusterNotFoundFault")


@dataclass(frozen=True)
class Drilled:
    """What is known of a database's drills."""

    identifier: str
    """The database, as RDS knows it."""
    last: datetime | None
    """When the last one ended, to the minute; None where none has in 14 days."""
    succeeded: bool
    copies: tuple[tuple[str, datetime], ...]
    """Copies that are there now, and when they were made."""

    def problems(self, every: int, now: datetime) -> Iterator[str]:
        """Say what asks for somebody's attention."""
        if self.last is None or now - self.last > timedelta(seconds=every + HOUR):
            yield f"no drill ended within {every // HOUR} hours"
        elif not self.succeeded:
            yield f"its last drill failed: the log group {drill_log(self.identifier)} says why"
        for name, made in self.copies:
            if now - made > LONGEST:
                yield f"{name} is there since {made:%Y-%m-%d %H:%M}: the next drill deletes it"

    @property
    def words(self) -> str:
        """Say how the last one ended, in a few words."""
        if self.last is None:
            return "none yet"
        return f"{'good' if self.succeeded else 'failed'} {self.last:%Y-%m-%d %H:%M}"


def drilled(settings: Settings, name: str, now: datetime) -> Drilled | None:
    """Ask about a database's drills; None where the file has no drill for it."""
    declared = settings.data.databases[name]
    if declared.drill is None:
        return None
    region = settings.data.networks[settings.data.network_of(declared)].region
    identifier = settings.named(name)
    cloudwatch = boto3.client("cloudwatch", region_name=region, config=aws.CONFIG)
    last, succeeded = _last(cloudwatch, identifier, now)
    rds = boto3.client("rds", region_name=region, config=aws.CONFIG)
    is_cluster = isinstance(declared, Aurora)
    return Drilled(identifier, last, succeeded, tuple(_copies(rds, identifier, cluster=is_cluster)))


def _last(
    cloudwatch: CloudWatchClient, identifier: str, now: datetime
) -> tuple[datetime | None, bool]:
    metric: MetricTypeDef = {
        "Namespace": DRILL_NAMESPACE,
        "MetricName": DRILL_METRIC,
        "Dimensions": [{"Name": "Database", "Value": identifier}],
    }
    stat: MetricStatTypeDef = {"Metric": metric, "Period": 60, "Stat": "Minimum"}
    (found,) = cloudwatch.get_metric_data(
        MetricDataQueries=[{"Id": "drills", "MetricStat": stat}],
        StartTime=now - timedelta(days=DAYS),
        EndTime=now + timedelta(minutes=1),
        ScanBy="TimestampDescending",
    )["MetricDataResults"]
    last = max(zip(found["Timestamps"], found["Values"], strict=True), default=None)
    return (last[0], last[1] == 1) if last else (None, False)


def _copies(rds: RDSClient, identifier: str, *, cluster: bool) -> Iterator[tuple[str, datetime]]:
    instance = drill_writer(identifier) if cluster else drill_copy(identifier)
    if cluster:
        name = drill_copy(identifier)
        try:
            for found in rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]:
                yield name, found["ClusterCreateTime"]
        except ClientError as error:
            _unless_absent(error)
    try:
        for each in rds.describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"]:
            # RDS has no time of a copy that it has not made yet.
            if made := each.get("InstanceCreateTime"):
                yield instance, made
    except ClientError as error:
        _unless_absent(error)


def _unless_absent(error: ClientError) -> None:
    if aws.code(error) not in ABSENT:
        raise error
