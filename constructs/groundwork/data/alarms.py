"""What somebody has to hear of before a database stops serving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from constructs import Construct

from groundwork.data import connections
from groundwork.data.reader_proxy import SHARE
from groundwork.kit import Alarm, Metric, NotificationTopic, Threshold
from groundwork.kit.alarm import HOUR, MINUTE
from settings.models.databases import Aurora, PostgreSql

GIB = 1024**3
FIVE_MINUTES = 5 * MINUTE
LAG_SECONDS = 15 * MINUTE


Watch = tuple[str, str, Threshold, str]
"""An alarm's name, its metric, what the metric may not pass, and what it means if it does."""


def connections_watch(most: int) -> Watch:
    """Watch the connections of an instance or a cluster that takes so many."""
    return (
        "connections",
        "DatabaseConnections",
        Threshold("Maximum", "GreaterThan", most * 4 // 5, FIVE_MINUTES, 3),
        f"It has four fifths of the connections that it takes, about {most}.",
    )


def storage_watch(gib: int) -> Watch:
    """Watch the storage of an instance that has so much."""
    return (
        "storage",
        "FreeStorageSpace",
        Threshold("Minimum", "LessThan", gib * GIB / 10, FIVE_MINUTES, 3),
        f"Less than a tenth of its {gib} GiB is free, and it stops when nothing is. "
        "Raise storage_gib.",
    )


class DatabaseAlarms(Construct):
    """The alarms of one database, named "identifier what", with a message when they end, too.

    Each is about something that the file declares: the storage, the class, the capacity. A stopped
    database reports nothing, which leaves its alarms as they were.
    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html>

    A topic of one database, so that nothing in a subscription names the others: it never changes,
    whichever databases come and go.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        identifier: str,
        declared: PostgreSql | Aurora,
        notify: Sequence[str],
        replicas: Sequence[str] = (),
    ) -> None:
        """`replicas` are the identifiers of those whose alarms go the same way."""
        super().__init__(scope, construct_id)
        self.identifier = identifier
        self.topic = NotificationTopic(
            self, "topic", display_name=f"Database {identifier}"[:100], subscribers=notify
        )
        self.topic.allow_alarms(*(f"{name} *" for name in (identifier, *replicas)))
        match declared:
            case Aurora():
                self._watch_cluster(declared)
            case PostgreSql():
                self._watch_instance(declared)
            case _:
                assert_never(declared)

    def _watch_cluster(self, declared: Aurora) -> None:
        self.dimension = "DBClusterIdentifier"
        self._alarm(*connections_watch(connections.of_capacity(declared.capacity)))
        if declared.capacity.min == 0:
            self._watch_pauses()
        if declared.replicas:
            self._alarm(*AURORA_LAG)

    def _watch_instance(self, declared: PostgreSql) -> None:
        self.dimension = "DBInstanceIdentifier"
        self._alarm(*connections_watch(connections.of_instance(declared.instance)))
        self._alarm(*storage_watch(declared.storage_gib))
        if declared.instance.startswith("db.t"):
            self._watch_cpu_credits()

    def _watch_cpu_credits(self) -> None:
        """A new machine has no credits, and earns 20 in its first two hours."""
        self._alarm(
            "cpu-credits",
            "CPUCreditBalance",
            Threshold("Maximum", "LessThan", 20, HOUR, 6),
            "It has used up its CPU credits for 6 hours, and each further one is charged. "
            "Choose a larger class, or one that is not burstable.",
        )

    def _watch_pauses(self) -> None:
        self._alarm(
            "awake",
            "ServerlessDatabaseCapacity",
            Threshold("Minimum", "GreaterThan", 0, HOUR, 24),
            "It has not paused for a day: something keeps a connection open, and its capacity is "
            "charged all the time.",
        )

    def _alarm(self, what: str, metric: str, threshold: Threshold, description: str) -> None:
        Alarm(
            self,
            what,
            name=f"{self.identifier} {what}",
            description=description,
            metric=Metric("AWS/RDS", metric, {self.dimension: self.identifier}),
            threshold=threshold,
            topic_arn=self.topic.arn,
            notify_when_ok=True,
        )


LAG: Watch = (
    "lag",
    "ReplicaLag",
    Threshold("Minimum", "GreaterThan", LAG_SECONDS, FIVE_MINUTES, 3, "breaching"),
    f"For a quarter of an hour it has been more than {LAG_SECONDS // 60} minutes behind its "
    "database, or does not say how far. A long query holds it up, or replication is broken.",
)


def replica_watches(database: PostgreSql, instance: str) -> list[Watch]:
    """Return what is watched of a replica of this class."""
    connected = connections_watch(connections.of_instance(instance))
    return [LAG, storage_watch(database.storage_gib), connected]


def reader_watches(cluster: Aurora) -> list[Watch]:
    """Return what is watched of a reader: it has no storage, and the lag is its cluster's.

    Consumers get no more of its connections than their proxy's share. After a failover it may be
    the writer, whose connections are the team's: those of the cluster raise an alarm of their own.
    """
    most = connections.of_capacity(cluster.capacity) * SHARE // 100
    what, metric, threshold, _ = connections_watch(most)
    description = (
        f"Consumers have four fifths of the connections that RDS Proxy opens to it, about {most}; "
        "or it has become the writer, and the team's are among them."
    )
    return [(what, metric, threshold, description)]


AURORA_LAG: Watch = (
    "lag",
    "AuroraReplicaLagMaximum",
    Threshold("Minimum", "GreaterThan", 60_000, FIVE_MINUTES, 3, "breaching"),
    "For a quarter of an hour a reader has been more than a minute behind, or none runs: then "
    "consumers are refused.",
)
"""Readers share the writer's storage: they are milliseconds behind.

<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html>
"""


class ReplicaAlarms(Construct):
    """The alarms of one replica, through the topic of its database.

    While nobody writes, a replica of PostgreSQL is up to five minutes behind, which is no trouble.
    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        identifier: str,
        watched: Sequence[Watch],
        topic_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        for what, metric, threshold, description in watched:
            Alarm(
                self,
                what,
                name=f"{identifier} {what}",
                description=description,
                metric=Metric("AWS/RDS", metric, {"DBInstanceIdentifier": identifier}),
                threshold=threshold,
                topic_arn=topic_arn,
                notify_when_ok=True,
            )
