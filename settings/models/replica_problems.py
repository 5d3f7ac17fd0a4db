"""What is wrong between a replica and its database, or the network that both are in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING

from settings.models.base import Problem
from settings.models.networks import Network, is_wide
from settings.models.replicas import AnyReplica, Consumer, Replica
from settings.values import versions
from settings.values.instances import memory_gib

if TYPE_CHECKING:
    from settings.models.data import Data
    from settings.models.databases import Aurora, PostgreSql

Path = tuple[str | int, ...]
Admitted = Mapping[IPv4Network | IPv6Network, str]
"""Blocks that reach a database, and the group that admits each."""


def replica_problems(data: Data, name: str, database: PostgreSql | Aurora) -> Iterator[Problem]:
    """Compare a database's replicas with it, with its network, and with each other."""
    if not database.replicas:
        return
    path: Path = ("databases", name)
    if database.backup_days == 0:
        yield Problem((*path, "backup_days"), "1 or more: RDS makes no replica without backups")
    network = data.networks.get(data.network_of(database))
    admitted = _admitted(data, database)
    for replica, declared in database.replicas.items():
        at = (*path, "replicas", replica)
        if isinstance(declared, Replica) and database.engine == "postgresql":
            yield from _instance(at, declared, database)
        if network:
            yield from _subnets(at, declared, database, network)
            yield from _zones(at, declared, database, network)
        for consumer, said in declared.consumers.items():
            yield from _blocks((*at, "consumers", consumer), said, name, admitted)
    if network and database.engine == "aurora-postgresql":
        yield from _proxy((*path, "proxy_subnets"), database, network)
    yield from _logins(path, database)


def _instance(path: Path, replica: Replica, database: PostgreSql) -> Iterator[Problem]:
    """A standby with fewer connections than its primary does not start.

    <https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-ADMIN>
    """
    if memory_gib(replica.instance) < memory_gib(database.instance):
        yield Problem(
            (*path, "instance"),
            f"a class with at least the memory of the database's, {database.instance}: a standby "
            "that takes fewer connections than its primary does not start",
        )
    if replica.version and not versions.is_exact(database.version):
        message = (
            "unset: RDS raises it by itself, since the version of the database is no exact one"
        )
        yield Problem((*path, "version"), message)
    elif replica.version and not versions.is_ahead(replica.version, database.version):
        message = f"{database.version}, as the database, or a newer one of the same major version"
        yield Problem((*path, "version"), message)


def _subnets(
    path: Path, replica: AnyReplica, database: PostgreSql | Aurora, network: Network
) -> Iterator[Problem]:
    yield from _unknown((*path, "subnets"), replica.subnets, network)
    if replica.public and not replica.subnets and not database.public:
        yield Problem(
            (*path, "subnets"),
            "named, since it is public: otherwise the database's subnets would have a route to "
            "the internet",
        )


def _proxy(path: Path, cluster: Aurora, network: Network) -> Iterator[Problem]:
    """Have it named where the proxy is: a block that comes later must not move it."""
    if not cluster.proxy_subnets:
        kept = {block for each in cluster.replicas.values() for block in each.subnets}
        blocks = ", ".join(network.two_zones(kept))
        message = (
            f"named, since it has replicas: their proxy stays where it is made, as in [{blocks}]"
        )
        yield Problem(path, message)
        return
    yield from _unknown(path, cluster.proxy_subnets, network)
    yield from _one_zone(path, cluster.proxy_subnets, network)


def _unknown(path: Path, blocks: Sequence[str], network: Network) -> Iterator[Problem]:
    for index, block in enumerate(blocks):
        if block not in network.subnets:
            known = ", ".join(network.subnets)
            yield Problem((*path, index), f"a block of the network's subnets: {known}")


def _one_zone(path: Path, blocks: Sequence[str], network: Network) -> Iterator[Problem]:
    if len({network.subnets.get(block) for block in blocks}) < 2:
        yield Problem(path, "subnets in two zones or more: RDS takes no fewer")


def _zones(
    path: Path, replica: AnyReplica, database: PostgreSql | Aurora, network: Network
) -> Iterator[Problem]:
    """Both the replica's subnets and those that are left lie in two zones: RDS takes no fewer."""
    if not replica.subnets:
        return
    yield from _one_zone((*path, "subnets"), replica.subnets, network)
    kept = {block for each in database.replicas.values() for block in each.subnets}
    left = {zone for block, zone in network.subnets.items() if block not in kept}
    if len(left) < 2:
        message = "fewer: the databases need subnets in two zones or more themselves"
        yield Problem((*path, "subnets"), message)


def _blocks(path: Path, consumer: Consumer, database: str, admitted: Admitted) -> Iterator[Problem]:
    for index, block in enumerate(consumer.from_blocks):
        network = ip_network(block)
        if is_wide(block):
            continue
        for other, group in admitted.items():
            if network.version == other.version and network.overlaps(other):
                yield Problem(
                    (*path, "from", index),
                    f"a block that cannot reach {database} itself: data.security_groups.{group} "
                    f"admits {other} to it. Consumers reach a replica, never the database",
                )
                break


def _admitted(data: Data, database: PostgreSql | Aurora) -> dict[IPv4Network | IPv6Network, str]:
    """Return every block that a group of the database admits."""
    groups = ((name, data.security_groups.get(name)) for name in database.security_groups)
    return {ip_network(block): name for name, group in groups if group for block in group.blocks}


def _logins(path: Path, database: PostgreSql | Aurora) -> Iterator[Problem]:
    """A replica has the logins of its database, and each of them has one password."""
    owners: dict[str, str] = {database.user: "the database's owner"}
    for replica, declared in database.replicas.items():
        for name, consumer in declared.consumers.items():
            login = consumer.login(name)
            own = f"the consumer {name} of {replica}"
            owner = owners.setdefault(login, own)
            if owner != own:
                yield Problem(
                    (*path, "replicas", replica, "consumers", name, "user"),
                    f"another login: {login} is that of {owner}, and each has its own password",
                )
