"""What somebody has to hear of before a database stops serving."""

from __future__ import annotations

from typing import NamedTuple

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from groundwork.data import connections
from settings.models import data

GIB = 1024**3
MINUTE, HOUR = 60, 3600


class When(NamedTuple):
    """A metric beyond its threshold in each of some periods, of so many seconds, on end."""

    metric: str
    statistic: str
    comparison: str
    threshold: float
    period: int
    periods: int


class Alarms(Construct):
    """The alarms of one database, named "identifier what", with a message when they end, too.

    Each is about something that the file declares: the storage, the class, the capacity. A stopped
    database reports nothing, which leaves its alarms as they were.
    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html>
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        identifier: str,
        database: data.PostgreSql | data.Aurora,
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, id)
        self.identifier = identifier
        self.topic = topic
        if isinstance(database, data.Aurora):
            self.dimension = "DBClusterIdentifier"
            self._watch_connections(connections.of_capacity(database.capacity))
            if database.capacity.min == 0:
                self._watch_pauses()
        else:
            self.dimension = "DBInstanceIdentifier"
            self._watch_connections(connections.of_instance(database.instance))
            self._watch_storage(database.storage_gib)
            if database.instance.startswith("db.t"):
                self._watch_cpu_credits()

    def _watch_connections(self, most: int) -> None:
        self._alarm(
            "connections",
            When("DatabaseConnections", "Maximum", "GreaterThan", most * 4 // 5, 5 * MINUTE, 3),
            f"It has four fifths of the connections that it takes, about {most}.",
        )

    def _watch_storage(self, gib: int) -> None:
        self._alarm(
            "storage",
            When("FreeStorageSpace", "Minimum", "LessThan", gib * GIB / 10, 5 * MINUTE, 3),
            f"Less than a tenth of its {gib} GiB is free, and it stops when nothing is. "
            "Raise storage_gib.",
        )

    def _watch_cpu_credits(self) -> None:
        """A new machine has no credits, and earns 20 in its first two hours."""
        self._alarm(
            "cpu-credits",
            When("CPUCreditBalance", "Maximum", "LessThan", 20, HOUR, 6),
            "It has used up its CPU credits for 6 hours, and each further one is charged. "
            "Choose a larger class, or one that is not burstable.",
        )

    def _watch_pauses(self) -> None:
        self._alarm(
            "awake",
            When("ServerlessDatabaseCapacity", "Minimum", "GreaterThan", 0, HOUR, 24),
            "It has not paused for a day: something keeps a connection open, and its capacity is "
            "charged all the time.",
        )

    def _alarm(self, what: str, when: When, description: str) -> None:
        cloudwatch.CfnAlarm(
            self,
            what,
            alarm_name=f"{self.identifier} {what}",
            alarm_description=description,
            namespace="AWS/RDS",
            metric_name=when.metric,
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name=self.dimension, value=self.identifier)
            ],
            statistic=when.statistic,
            comparison_operator=f"{when.comparison}Threshold",
            threshold=when.threshold,
            period=when.period,
            evaluation_periods=when.periods,
            alarm_actions=[self.topic.topic_arn],
            ok_actions=[self.topic.topic_arn],
        )
