"""What each data stack holds: whole networks, each with its security groups and databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from settings.contract import Output

if TYPE_CHECKING:
    from settings.models.data import Aurora, Data, PostgreSql
    from settings.models.networks import Network, SecurityGroup
    from settings.models.settings import Settings


@dataclass(frozen=True)
class NetworkItem:
    """A network, with what the databases in it ask of it."""

    declared: Network
    bastion: bool
    """Whether it has a bastion: the file asks for one, and a database has no public address."""
    public: bool
    """Whether a database in it has a public address."""


@dataclass(frozen=True)
class SecurityGroupItem:
    """A security group and the name of its network."""

    declared: SecurityGroup
    network: str


@dataclass(frozen=True)
class DatabaseItem:
    """A database, the name of its network, and its identifier in RDS."""

    declared: PostgreSql | Aurora
    network: str
    identifier: str


@dataclass(frozen=True)
class DataItems:
    """What one data stack holds, by name."""

    networks: Mapping[str, NetworkItem]
    security_groups: Mapping[str, SecurityGroupItem]
    databases: Mapping[str, DatabaseItem]

    def outputs(self) -> Iterator[tuple[Output, str]]:
        """Yield kind and item of every output of the stack."""
        for name, network in self.networks.items():
            if network.bastion:
                yield Output.BASTION, name
        for name in self.databases:
            yield Output.DATABASE_ADDRESS, name
            yield Output.DATABASE_SECRET, name


def data_items(settings: Settings) -> Iterator[tuple[str, str, DataItems]]:
    """Yield region, part and items of every data stack, in order."""
    networks = settings.data.networks
    places = sorted({(network.region, network.stack or "") for network in networks.values()})
    for region, part in places:
        inside = [
            name
            for name, network in networks.items()
            if (network.region, network.stack or "") == (region, part)
        ]
        yield region, part, _within(settings, inside)


def _within(settings: Settings, networks: list[str]) -> DataItems:
    data = settings.data
    groups = {
        name: SecurityGroupItem(declared, data.network_of(declared))
        for name, declared in data.security_groups.items()
    }
    databases = {
        name: DatabaseItem(declared, data.network_of(declared), settings.named(name))
        for name, declared in data.databases.items()
    }
    return DataItems(
        networks={name: _network(data, name) for name in networks},
        security_groups={name: item for name, item in groups.items() if item.network in networks},
        databases={name: item for name, item in databases.items() if item.network in networks},
    )


def _network(data: Data, name: str) -> NetworkItem:
    databases = data.databases.values()
    publicity = {database.public for database in databases if data.network_of(database) == name}
    bastion = data.bastion and False in publicity
    return NetworkItem(data.networks[name], bastion, public=True in publicity)
