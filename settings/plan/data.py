"""What each data stack holds: whole networks, each with its security groups and databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from settings.contract import Output
from settings.models.replicas import ConsumerName, replica_identifier

if TYPE_CHECKING:
    from settings.models.data import Data
    from settings.models.databases import Aurora, PostgreSql
    from settings.models.networks import Network, SecurityGroup
    from settings.models.replicas import AnyReplica
    from settings.models.settings import Settings


@dataclass(frozen=True)
class NetworkItem:
    """A network, with what the databases in it ask of it."""

    declared: Network
    bastion: bool
    """Whether it has a bastion: the file asks for one, and a database has no public address."""
    public: bool
    """Whether a database in it has a public address."""
    replica_bastions: bool
    """Whether a replica in it has a bastion of its own."""
    replica_subnets: Mapping[str, bool]
    """The blocks kept for replicas, and whether one in them has a public address."""


@dataclass(frozen=True)
class SecurityGroupItem:
    """A security group and the name of its network."""

    declared: SecurityGroup
    network: str


@dataclass(frozen=True)
class ReplicaItem:
    """A replica and its identifier in RDS."""

    declared: AnyReplica
    identifier: str


@dataclass(frozen=True)
class DatabaseItem:
    """A database, the name of its network, its identifier in RDS, and its replicas by name."""

    declared: PostgreSql | Aurora
    network: str
    identifier: str
    replicas: Mapping[str, ReplicaItem]


@dataclass(frozen=True)
class DataItems:
    """What one data stack holds, by name."""

    networks: Mapping[str, NetworkItem]
    security_groups: Mapping[str, SecurityGroupItem]
    databases: Mapping[str, DatabaseItem]
    session_log_days: int | None = None
    """For how long shells of the region are logged: in the region's first stack, if asked for."""

    @property
    def proxies(self) -> bool:
        """Whether a database in it has an RDS Proxy before its readers."""
        return any(
            item.declared.engine == "aurora-postgresql" and item.replicas
            for item in self.databases.values()
        )

    def outputs(self) -> Iterator[tuple[Output, str]]:
        """Yield kind and item of every output of the stack."""
        for name, network in self.networks.items():
            if network.bastion:
                yield Output.BASTION, name
        for name, database in self.databases.items():
            yield Output.DATABASE_ADDRESS, name
            yield Output.DATABASE_SECRET, name
            for replica, item in database.replicas.items():
                yield from _of_replica(name, replica, item.declared)


def _of_replica(database: str, replica: str, declared: AnyReplica) -> Iterator[tuple[Output, str]]:
    yield Output.REPLICA_ADDRESS, replica_identifier(database, replica)
    if declared.has_bastion:
        yield Output.REPLICA_BASTION, replica_identifier(database, replica)
        yield Output.REPLICA_DOCUMENT, replica_identifier(database, replica)
        yield Output.REPLICA_POLICY, replica_identifier(database, replica)
    for consumer in declared.consumers:
        yield Output.CONSUMER_SECRET, str(ConsumerName(database, replica, consumer))


def data_items(settings: Settings) -> Iterator[tuple[str, str, DataItems]]:
    """Yield region, part and items of every data stack, in order."""
    networks = settings.data.networks
    places = sorted({(network.region, network.stack or "") for network in networks.values()})
    logged: set[str] = set()
    for region, part in places:
        inside = [
            name
            for name, network in networks.items()
            if (network.region, network.stack or "") == (region, part)
        ]
        days = None if region in logged else settings.data.session_log_days
        logged.add(region)
        yield region, part, replace(_within(settings, inside), session_log_days=days)


def _within(settings: Settings, networks: list[str]) -> DataItems:
    data = settings.data
    groups = {
        name: SecurityGroupItem(declared, data.network_of(declared))
        for name, declared in data.security_groups.items()
    }
    databases = {
        name: _database(settings, name, declared) for name, declared in data.databases.items()
    }
    return DataItems(
        networks={name: _network(data, name) for name in networks},
        security_groups={name: item for name, item in groups.items() if item.network in networks},
        databases={name: item for name, item in databases.items() if item.network in networks},
    )


def _database(settings: Settings, name: str, declared: PostgreSql | Aurora) -> DatabaseItem:
    replicas = {
        replica: ReplicaItem(said, settings.named(replica_identifier(name, replica)))
        for replica, said in declared.replicas.items()
    }
    network = settings.data.network_of(declared)
    return DatabaseItem(declared, network, settings.named(name), replicas)


def _network(data: Data, name: str) -> NetworkItem:
    databases = [each for each in data.databases.values() if data.network_of(each) == name]
    replicas = [replica for each in databases for replica in each.replicas.values()]
    publicity = {database.public for database in databases}
    subnets: dict[str, bool] = {}
    for replica in replicas:
        subnets |= {block: replica.public or subnets.get(block, False) for block in replica.subnets}
    return NetworkItem(
        data.networks[name],
        bastion=data.bastion and False in publicity,
        public=True in publicity,
        replica_bastions=any(replica.has_bastion for replica in replicas),
        replica_subnets=subnets,
    )
