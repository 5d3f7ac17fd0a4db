"""What is wrong between networks, security groups and databases: each names what is declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from settings.models.base import Problem
from settings.models.drills import InstanceDrill
from settings.models.networks import SecurityGroup, is_block
from settings.values.databases import DatabaseName
from settings.values.regions import WITHOUT_RDS_CERTIFICATES

if TYPE_CHECKING:
    from settings.models.data import Data
    from settings.models.databases import Aurora, PostgreSql

Path = tuple[str | int, ...]


def data_problems(data: Data) -> Iterator[Problem]:
    """Compare networks, security groups and databases with each other."""
    for name, group in data.security_groups.items():
        path: Path = ("security_groups", name)
        yield from _network(data, path, group)
        for index, source in enumerate(group.postgresql_from):
            if not is_block(source):
                place = (*path, "postgresql_from", index)
                yield from _source(data, place, source, data.network_of(group))
    yield from _sessions(data)
    for name, database in data.databases.items():
        path = ("databases", name)
        yield from _network(data, path, database)
        yield from _database(data, path, name, database)
        yield from _groups(data, path, database)
        yield from _zones(data, path, database)


def _sessions(data: Data) -> Iterator[Problem]:
    """Keep to one stack in each region what a region has once, and its bastions write to."""
    stacks = {(network.region, network.stack) for network in data.networks.values()}
    regions = {network.region for network in data.networks.values()}
    if data.session_log_days and not regions:
        yield Problem(("session_log_days",), "unset without a network: it is of its region")
    if data.session_log_days and len(stacks) > len(regions):
        message = "unset where networks of one region are in several stacks: it stands in one"
        yield Problem(("session_log_days",), message)


def _source(data: Data, path: Path, source: str, network: str) -> Iterator[Problem]:
    known = ", ".join(data.security_groups)
    if source not in data.security_groups:
        yield Problem(path, f"a CIDR block, or a group of data.security_groups: {known}")
    elif data.network_of(data.security_groups[source]) != network:
        yield Problem(path, f"a group of the same network, {network}, or a CIDR block")


def _network(
    data: Data, path: Path, item: SecurityGroup | PostgreSql | Aurora
) -> Iterator[Problem]:
    known = ", ".join(data.networks)
    if not data.networks:
        yield Problem((*path, "network"), "declared in data.networks: there is none yet")
    elif item.network is None and len(data.networks) > 1:
        yield Problem((*path, "network"), f"named, since there are several: {known}")
    elif item.network is not None and item.network not in data.networks:
        yield Problem((*path, "network"), f"a network declared in data.networks: {known}")


def _database(
    data: Data, path: Path, name: str, database: PostgreSql | Aurora
) -> Iterator[Problem]:
    if database.drill and not database.notify:
        message = "requires notify for the database: nobody would get the alarm"
        yield Problem((*path, "drill"), message)
    yield from _certificates(data, path, database)
    if reason := _refused_name(database.first_database(name)):
        yield Problem(
            (*path, "database"),
            f"named, since the item's own name will not do: it must be {reason}",
        )


def _groups(data: Data, path: Path, database: PostgreSql | Aurora) -> Iterator[Problem]:
    """Have the groups of a database declared, in its network."""
    network = data.network_of(database)
    for index, group in enumerate(database.security_groups):
        place = (*path, "security_groups", index)
        declared = data.security_groups.get(group)
        if not declared:
            known = ", ".join(data.security_groups) or "none yet"
            yield Problem(place, f"a group declared in data.security_groups: {known}")
        elif data.network_of(declared) != network:
            yield Problem(place, f"a group of the same network, {network}")


def _zones(data: Data, path: Path, database: PostgreSql | Aurora) -> Iterator[Problem]:
    network = data.networks.get(data.network_of(database))
    if network and len(set(network.subnets.values())) < 2:
        message = "one with subnets in two zones or more: RDS takes no fewer"
        yield Problem((*path, "network"), message)


def _certificates(data: Data, path: Path, database: PostgreSql | Aurora) -> Iterator[Problem]:
    """Ask no instance whose certificate cannot be told from another."""
    network = data.networks.get(data.network_of(database))
    drill = database.drill
    if not network or not isinstance(drill, InstanceDrill) or drill.query is None:
        return
    if network.region in WITHOUT_RDS_CERTIFICATES:
        message = f"left out: no certificates of RDS in {network.region} come with Groundwork"
        yield Problem((*path, "drill", "query"), message)


def _refused_name(name: str) -> str | None:
    try:
        TypeAdapter(DatabaseName).validate_python(name)
    except ValidationError as error:
        return error.errors()[0]["msg"]
    return None
