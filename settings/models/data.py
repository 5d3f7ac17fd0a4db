"""The data part of the configuration: networks, security groups, databases, the bastion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from settings.models.base import Model, Problem
from settings.models.data_problems import data_problems
from settings.models.databases import Aurora, Database, PostgreSql
from settings.models.networks import Network, SecurityGroup
from settings.models.replica_problems import replica_problems
from settings.models.replicas import Consumer, ConsumerName
from settings.models.senders import RetentionDays
from settings.values.databases import DatabaseIdentifier
from settings.values.names import Label, SecurityGroupName


class Data(Model):
    """Networks and what lives in them."""

    networks: Mapping[Label, Network] = {}
    """Networks by name."""
    security_groups: Mapping[SecurityGroupName, SecurityGroup] = {}
    """Security groups by name."""
    databases: Mapping[DatabaseIdentifier, Database] = {}
    """Databases by identifier, which names them in RDS too."""
    bastion: bool = False
    """A machine in every network that has a database without a public address, reached through
    Session Manager. It stops itself when idle. Aurora then takes connections from it alone, and
    from none of its `security_groups`."""
    session_log_days: RetentionDays | None = None
    """Log every shell of Session Manager in the networks' regions, and keep that for these days.

    A region of an account has one such setting, so that one file can have it, and none where
    somebody has set it by hand."""

    def network_of(self, item: SecurityGroup | PostgreSql | Aurora) -> str:
        """Return the name of the network that an item belongs to."""
        return item.network or next(iter(self.networks), "")

    def consumers(self) -> Iterator[tuple[ConsumerName, Consumer]]:
        """Yield every consumer of a replica."""
        for database, item in self.databases.items():
            for replica, declared in item.replicas.items():
                for name, consumer in declared.consumers.items():
                    yield ConsumerName(database, replica, name), consumer

    def groups_of(self, database: PostgreSql | Aurora) -> int:
        """Return how many security groups a database is behind: the bastion and a proxy add one.

        Where there is a bastion, a cluster is behind none of its own.
        """
        is_cluster = database.engine == "aurora-postgresql"
        own = 0 if self.bastion and is_cluster else len(database.security_groups)
        led_to = self.bastion and not database.public
        return own + led_to + (is_cluster and bool(database.replicas))

    def problems(self) -> Iterator[Problem]:
        """Compare the items with each other."""
        yield from data_problems(self)
        for name, database in self.databases.items():
            yield from replica_problems(self, name, database)
