"""How the drills of a database ended, which copy is there, and the login that asks one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.database.place import Place
from runbook.database.users import render
from settings import Settings
from settings.contract import (
    DRILL_METRIC,
    DRILL_NAMESPACE,
    drill_copy,
    drill_log,
    drill_login,
    drill_writer,
)
from settings.models.databases import Aurora
from settings.models.drills import InstanceDrill

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricStatTypeDef, MetricTypeDef
    from mypy_boto3_rds import RDSClient

DAYS = 14
"""How far back the metric is read: twice the longest `every`."""
HOUR = 3600
LONGEST = timedelta(hours=12)
"""A copy that is older was left by a drill that was stopped: a drill gives up after six hours."""
MARK = "Asks restored copies, as Groundwork declares"
"""The comment of the login, by which the SQL tells it from one that may do more."""
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


def login(settings: Settings, place: Place) -> str:
    """Return SQL that makes the login by which drills ask a database's restored copies."""
    drill = settings.data.databases[place.name].drill
    if not isinstance(drill, InstanceDrill) or drill.query is None:
        raise UserError(
            f"The file has no query for a drill of {place.name} that needs a login.",
            "One of engine: postgresql has: docs/databases.md#prove-that-it-can-be-restored",
        )
    reads = [("public", *each.split("."))[-2:] for each in drill.reads]
    name = drill_login(settings.named(place.name))
    return render("drill.sql.j2", place=place, login=name, mark=MARK, reads=reads)
