"""The databases of the configuration: an RDS instance, or an Aurora Serverless cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from settings.models.base import Model, Problem
from settings.models.capacity import Capacity
from settings.models.drills import ClusterDrill, InstanceDrill
from settings.models.replicas import MOST_REPLICAS, AuroraReplica, Replica
from settings.values import versions
from settings.values.addresses import EmailAddress
from settings.values.databases import DatabaseName, DatabaseUser, InstanceClass
from settings.values.matching import Matching
from settings.values.names import Label, RoleArn, SecurityGroupName
from settings.values.networks import Cidr4
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

    CloudFormation refuses to change it later.
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
