"""The data part of the configuration: networks, security groups, databases, the bastion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from settings.models.base import Model, Problem
from settings.models.drills import ClusterDrill, InstanceDrill
from settings.models.networks import Network, SecurityGroup, is_block
from settings.models.replica_problems import replica_problems
from settings.models.replicas import (
    MOST_REPLICAS,
    AuroraReplica,
    Consumer,
    ConsumerName,
    Replica,
)
from settings.models.senders import RetentionDays
from settings.values import versions
from settings.values.addresses import EmailAddress
from settings.values.databases import (
    DatabaseIdentifier,
    DatabaseName,
    DatabaseUser,
    InstanceClass,
)
from settings.values.durations import Seconds
from settings.values.matching import Matching
from settings.values.names import Label, RoleArn, SecurityGroupName
from settings.values.networks import Cidr4
from settings.values.regions import WITHOUT_RDS_CERTIFICATES
from settings.values.reserved import POSTGRES

Deletion = Literal["snapshot", "retain", "delete"]
Version = Annotated[
    str,
    Matching(
        rf"latest|{'|'.join(versions.MAJORS)}|\d{{2}}\.\d{{1,2}}",
        f"latest, or between quotes a major version ({', '.join(versions.MAJORS)}) "
        'or an exact one, as in "17.9"',
    ),
]
AuditedStatements = Literal["read", "write", "function", "role", "ddl", "misc", "misc_set", "all"]
"""<https://github.com/pgaudit/pgaudit#pgauditlog>"""
BackupDays = Annotated[int, Field(ge=0, le=35)]


class _Database(Model):
    misplaced: ClassVar = {
        "consumers": "consumers read a replica, never the database: replicas.NAME"
    }
    version: Version = "latest"
    """`latest`; or a major version, of which the newest is taken; or an exact version, which stays.

    But for an exact one, RDS installs minor versions by itself as well.
    """
    network: Label | None = None
    """The network it belongs to; the only one unless named."""
    database: DatabaseName | None = None
    """The first database's name; the item's own, with underscores for hyphens, unless named.

    `postgres` is there always, and is the only one then.
    """
    user: DatabaseUser = "groundwork"
    """The owner of the database. The password is generated and kept in Secrets Manager."""
    security_groups: Annotated[tuple[SecurityGroupName, ...], Field(min_length=1)]
    """The groups that decide who may connect."""
    encrypted: bool = True
    """Encrypt what is stored. It cannot be changed later: the data has to move to a new item."""
    deletion: Deletion = "snapshot"
    """What becomes of the data when the item is removed from the file."""
    deletion_protection: bool = True
    """RDS refuses to delete the database while this is on."""
    keep_data: bool = False
    """Refuse to approve what loses its data, shortens its backups, or opens it to everybody."""
    log_exports: bool = True
    """PostgreSQL's log goes to CloudWatch, for 90 days. Its log group is there in any case."""
    pgaudit: tuple[AuditedStatements, ...] = ()
    """Kinds of statements that pgaudit logs, with the objects that they are about.

    Restart the database once when it is added, and create the extension: see databases.md.
    """
    major_upgrade: bool = False
    """Let a change of the version cross a major one, which cannot be undone. Otherwise it fails."""
    extended_support: bool = False
    """Pay RDS for a version that its community gave up; otherwise RDS upgrades it then.

    It cannot be changed later.
    """
    readers: tuple[RoleArn, ...] = ()
    """The roles that may read the secret with its password.

    Nobody else can then; without any, whoever the account's own policies allow.
    """
    notify: tuple[EmailAddress, ...] = ()
    """Who gets the database's alarms."""

    def first_database(self, item: str) -> str:
        """Return the name of the database that the item of this name begins with."""
        return self.database or item.replace("-", "_")

    def made_database(self, item: str) -> str | None:
        """Return the name of the one that is made; None where RDS's own is the first.

        <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
        """
        name = self.first_database(item)
        return None if name == POSTGRES else name

    def problems_of_keeping(self) -> Iterator[Problem]:
        """Data that has to be kept is not deleted with its item."""
        if self.keep_data and self.deletion == "delete":
            yield Problem(("deletion",), "snapshot or retain, since keep_data is on")


class PostgreSql(_Database):
    """One RDS instance."""

    engine: Literal["postgresql"]
    """Which kind of database it is."""
    instance: InstanceClass
    """The instance class, which decides on memory, processors and price."""
    storage_gib: Annotated[int, Field(ge=20, le=65_536)] = 20
    """The storage in GiB."""
    storage_max_gib: Annotated[int, Field(ge=22, le=65_536)] | None = None
    """Let the storage grow by itself up to this; it never shrinks again."""
    multi_az: bool = False
    """Keep a second instance in another zone, ready to take over."""
    public: bool = False
    """Give it a public address. Its security groups still decide who may connect."""
    backup_days: BackupDays = 7
    """For how many days one can go back to any second; 0 keeps no backups."""
    performance_insights: bool = False
    """Keep which statements took the time, for a week."""
    replicas: Annotated[Mapping[Label, Replica], Field(max_length=MOST_REPLICAS)] = {}
    """Read replicas by name, for consumers outside the team."""
    drill: InstanceDrill | None = None
    """Restore the newest snapshot on a schedule, check it, and delete what was restored."""

    def problems(self) -> Iterator[Problem]:
        """Storage grows by at least a tenth, and a drill needs snapshots."""
        yield from self.problems_of_keeping()
        if self.drill and self.backup_days == 0:
            yield Problem(
                ("drill",), "requires backup_days of 1 or more: there is no snapshot to restore"
            )
        if self.storage_max_gib and self.storage_max_gib * 10 < self.storage_gib * 11:
            yield Problem(
                ("storage_max_gib",), f"at least a tenth more than storage_gib, {self.storage_gib}"
            )


def _number(value: object) -> object:
    """Take 2 for 2.0; keep a switch and a text from passing for a number."""
    return float(value) if type(value) is int else value


NUMBER = BeforeValidator(_number)


class Capacity(Model):
    """Aurora capacity units: about 2 GiB of memory each."""

    min: Annotated[float, Field(ge=0, le=256, multiple_of=0.5), NUMBER] = 0
    """The units that are always there. With 0 it pauses when idle."""
    max: Annotated[float, Field(ge=1, le=256, multiple_of=0.5), NUMBER]
    """The units that it grows to."""
    pause_after: Seconds | None = None
    """Pause after this long without a connection, from 5m to 1d; with `min: 0` 5m unless named."""

    def problems(self) -> Iterator[Problem]:
        """Aurora Serverless v2 pauses at nought and nowhere else."""
        if self.max < self.min:
            yield Problem(("max",), f"at least the minimum, {self.min:g}")
        if self.pause_after is None:
            return
        if self.min > 0:
            yield Problem(
                ("min",),
                "0, since pause_after is set: Aurora Serverless v2 pauses only from a minimum of 0 "
                "(v1, which paused from any minimum, ended in March 2025). "
                "Set capacity.min: 0, or remove pause_after and pay for the minimum all day",
            )
        if not 300 <= self.pause_after <= 86_400:
            yield Problem(("pause_after",), "from 5m to 1d")


class Aurora(_Database):
    """An Aurora Serverless v2 cluster. It never has a public address."""

    engine: Literal["aurora-postgresql"]
    """Which kind of database it is."""
    capacity: Capacity
    """Between which limits it grows and shrinks by itself."""
    data_api: bool = False
    """Take SQL over HTTPS from principals that IAM allows."""
    backup_days: Annotated[int, Field(ge=1, le=35)] = 7
    """Aurora always keeps a backup of at least one day."""
    replicas: Annotated[Mapping[Label, AuroraReplica], Field(max_length=MOST_REPLICAS)] = {}
    """Readers by name, for consumers outside the team, who reach them through RDS Proxy alone."""
    proxy_subnets: tuple[Cidr4, ...] = ()
    """Blocks of the network for the replicas' proxy, in two zones. They cannot be changed later."""
    log_statements: Literal["all", "consumers"] = "all"
    """Whose statements are in its log, once it has replicas: everybody's, or those of consumers.

    The latter takes pgaudit, which logs single logins: see databases.md.
    """
    drill: ClusterDrill | None = None
    """Restore the newest snapshot on a schedule, ask it, and delete what was restored."""

    @property
    def public(self) -> bool:
        """Whether it has a public address: never."""
        return False

    def problems(self) -> Iterator[Problem]:
        """Older versions lack what is asked for, and replicas need what serves them."""
        yield from self.problems_of_keeping()
        yield from self._version_problems(versions.resolve(self.engine, self.version))
        if self.proxy_subnets and not self.replicas:
            yield Problem(("proxy_subnets",), "unset without replicas: their proxy is there")
        if self.replicas and self.capacity.min == 0:
            message = "0.5 or more, since it has replicas: their proxy keeps it from pausing"
            yield Problem(("capacity", "min"), message)
        if self.log_statements == "consumers" and not (self.replicas and self.pgaudit):
            message = "all, or replicas and pgaudit named as well: it logs single logins"
            yield Problem(("log_statements",), message)
        if self.replicas and not self.log_exports:
            message = "on, since it has replicas: who reads them is in its log"
            yield Problem(("log_exports",), message)

    def _version_problems(self, version: str) -> Iterator[Problem]:
        if self.capacity.min == 0 and not versions.has(version, versions.PAUSES_FROM):
            known = versions.listed(versions.PAUSES_FROM)
            yield Problem(("version",), f"one that pauses, {known}; or capacity.min from 0.5")
        if self.capacity.max > 128 and not versions.has(version, versions.LARGEST_FROM):
            known = versions.listed(versions.LARGEST_FROM)
            yield Problem(("version",), f"one with 256 units, {known}; or capacity.max to 128")
        if self.data_api and not versions.has(version, versions.DATA_API_FROM):
            known = versions.listed(versions.DATA_API_FROM)
            yield Problem(("version",), f"one with the Data API, {known}; or data_api: false")
        if self.drill and not versions.has(version, versions.DATA_API_FROM):
            known = versions.listed(versions.DATA_API_FROM)
            yield Problem(("drill",), f"left out, or a version with the Data API, {known}")


Database = Annotated[PostgreSql | Aurora, Field(discriminator="engine")]


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

    def problems(self) -> Iterator[Problem]:
        """Compare the items with each other."""
        for name, group in self.security_groups.items():
            yield from self._network_problems(("security_groups", name), group)
            for index, source in enumerate(group.postgresql_from):
                if not is_block(source):
                    path = ("security_groups", name, "postgresql_from", index)
                    yield from self._source_problems(path, source, self.network_of(group))
        yield from self._session_problems()
        for name, database in self.databases.items():
            yield from self._network_problems(("databases", name), database)
            yield from self._database_problems(name, database)
            yield from replica_problems(self, name, database)

    def _session_problems(self) -> Iterator[Problem]:
        """Keep to one stack in each region what a region has once, and its bastions write to."""
        stacks = {(network.region, network.stack) for network in self.networks.values()}
        regions = {network.region for network in self.networks.values()}
        if self.session_log_days and not regions:
            yield Problem(("session_log_days",), "unset without a network: it is of its region")
        if self.session_log_days and len(stacks) > len(regions):
            message = "unset where networks of one region are in several stacks: it stands in one"
            yield Problem(("session_log_days",), message)

    def _source_problems(
        self, path: tuple[str | int, ...], source: str, network: str
    ) -> Iterator[Problem]:
        known = ", ".join(self.security_groups)
        if source not in self.security_groups:
            yield Problem(path, f"a CIDR block, or a group of data.security_groups: {known}")
        elif self.network_of(self.security_groups[source]) != network:
            yield Problem(path, f"a group of the same network, {network}, or a CIDR block")

    def _network_problems(
        self, path: tuple[str, ...], item: SecurityGroup | PostgreSql | Aurora
    ) -> Iterator[Problem]:
        known = ", ".join(self.networks)
        if not self.networks:
            yield Problem((*path, "network"), "declared in data.networks: there is none yet")
        elif item.network is None and len(self.networks) > 1:
            yield Problem((*path, "network"), f"named, since there are several: {known}")
        elif item.network is not None and item.network not in self.networks:
            yield Problem((*path, "network"), f"a network declared in data.networks: {known}")

    def groups_of(self, database: PostgreSql | Aurora) -> int:
        """Return how many security groups a database is behind: the bastion and a proxy add one.

        Where there is a bastion, a cluster is behind none of its own.
        """
        is_cluster = database.engine == "aurora-postgresql"
        own = 0 if self.bastion and is_cluster else len(database.security_groups)
        led_to = self.bastion and not database.public
        return own + led_to + (is_cluster and bool(database.replicas))

    def _database_problems(self, name: str, database: PostgreSql | Aurora) -> Iterator[Problem]:
        path = ("databases", name)
        if database.drill and not database.notify:
            message = "requires notify for the database: nobody would get the alarm"
            yield Problem((*path, "drill"), message)
        yield from self._uncertified_problems(path, database)
        if reason := _refused_database(database.first_database(name)):
            yield Problem(
                (*path, "database"),
                f"named, since the item's own name will not do: it must be {reason}",
            )
        for index, group in enumerate(database.security_groups):
            declared = self.security_groups.get(group)
            if not declared:
                known = ", ".join(self.security_groups) or "none yet"
                yield Problem(
                    (*path, "security_groups", index),
                    f"a group declared in data.security_groups: {known}",
                )
            elif self.network_of(declared) != self.network_of(database):
                yield Problem(
                    (*path, "security_groups", index),
                    f"a group of the same network, {self.network_of(database)}",
                )
        network = self.networks.get(self.network_of(database))
        if network and len(set(network.subnets.values())) < 2:
            yield Problem(
                (*path, "network"), "one with subnets in two zones or more: RDS takes no fewer"
            )

    def _uncertified_problems(
        self, path: tuple[str, ...], database: PostgreSql | Aurora
    ) -> Iterator[Problem]:
        """Ask no instance whose certificate cannot be told from another."""
        network = self.networks.get(self.network_of(database))
        drill = database.drill
        if not network or not isinstance(drill, InstanceDrill) or drill.query is None:
            return
        if network.region in WITHOUT_RDS_CERTIFICATES:
            message = f"left out: no certificates of RDS in {network.region} come with Groundwork"
            yield Problem((*path, "drill", "query"), message)


def _refused_database(name: str) -> str | None:
    try:
        TypeAdapter(DatabaseName).validate_python(name)
    except ValidationError as error:
        return error.errors()[0]["msg"]
    return None
