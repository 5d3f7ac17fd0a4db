"""What a single instance and a cluster have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import CfnDeletionPolicy, RemovalPolicy
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from constructs import Construct

from groundwork.data.deletion_protection import DeletionProtection
from groundwork.data.password import Password
from groundwork.data.security_group import DatabaseSecurityGroup
from groundwork.data.vpc import Vpc
from settings.contract import KEEP_DATA
from settings.models.databases import Aurora, Deletion, PostgreSql
from settings.values import versions

LOGS = ["postgresql"]
LOG_DAYS = 90

DATA_POLICY: Mapping[Deletion, RemovalPolicy] = {
    "snapshot": RemovalPolicy.SNAPSHOT,
    "retain": RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    "delete": RemovalPolicy.DESTROY,
}
"""What becomes of the data when its item leaves the file."""


@dataclass(frozen=True)
class DatabaseContext:
    """What a database is put into."""

    identifier: str
    """Its name in the account and region, and in its address."""
    vpc: Vpc
    security_groups: Sequence[DatabaseSecurityGroup]
    protection: DeletionProtection

    @property
    def security_group_ids(self) -> list[str]:
        """The groups by their ids."""
        return [group.group_id for group in self.security_groups]


class Database(Construct):
    """A database with a generated password, whose log has an end, kept as its item says.

    Its identifier is given, not made up: CloudFormation never replaces what has a name of its own.
    A change that RDS cannot make in place (the encryption, the owner, the first database) fails
    before anything happens, and the data stays. The parameter group has a name for the same reason:
    it is of a major version, and while its name stays, an upgrade to the next one fails as well.
    CloudFormation itself would allow Aurora any upgrade.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        engine: str,
        declared: PostgreSql | Aurora,
        context: DatabaseContext,
    ) -> None:
        super().__init__(scope, construct_id)
        self.identifier = context.identifier
        self.version = _engine_version(declared)
        self.family = engine + versions.major(self.version)
        self.parameters_name = self.identifier + (
            f"-{self.family}" if declared.major_upgrade else ""
        )
        self.data_policy = DATA_POLICY[declared.deletion]
        self._keep_data = declared.keep_data
        # RDS refuses to delete what is protected: it runs on, and needs all that it has.
        runs_on = declared.deletion == "retain" or declared.deletion_protection
        self.other_policy = destroy_unless(runs_on)
        self.password = Password(
            self,
            "password",
            user=declared.user,
            description=f"The owner of the database {self.identifier}",
            # A snapshot opens with the password of its day.
            readers=declared.readers,
            removal=destroy_unless(runs_on or declared.deletion == "snapshot"),
        )

    def retain(self, resource: rds.CfnDBInstance | rds.CfnDBCluster) -> None:
        """Keep the resource that holds the data as declared, and tell the secret where it is."""
        resource.apply_removal_policy(self.data_policy)
        if self._keep_data:
            resource.add_metadata(KEEP_DATA, True)
        self.password.attach(resource, removal=self.other_policy)

    def add_log_group(
        self,
        resource: rds.CfnDBInstance | rds.CfnDBCluster,
        kind: str,
        log: str,
        days: int = LOG_DAYS,
    ) -> None:
        """Make the log group that RDS would make by itself on its first export, without an end.

        That of an upgrade goes with the permission to upgrade: one that stayed would be in the way
        of the next, as its name is RDS's.
        """
        group = logs.CfnLogGroup(
            self,
            f"{log}-log-group",
            log_group_name=f"/aws/rds/{kind}/{self.identifier}/{log}",
            retention_in_days=days,
        )
        group.apply_removal_policy(self.other_policy if log in LOGS else RemovalPolicy.DESTROY)
        resource.add_resource_dependency(group)


def lifecycle_support(declared: PostgreSql | Aurora) -> str:
    """Return how RDS treats a version that its community gave up: it upgrades it unless charged.

    By default it charges, by the hour; and CloudFormation refuses to change it later.
    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support-creating-db-instance.html>
    """
    extended = "open-source-rds-extended-support"
    return extended if declared.extended_support else f"{extended}-disabled"


def destroy_unless(kept: bool) -> RemovalPolicy:
    """Keep what a database needs, but not of one whose creation failed: it would be in the way."""
    return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if kept else RemovalPolicy.DESTROY


def keep_parameters(
    group: rds.CfnDBParameterGroup | rds.CfnDBClusterParameterGroup, policy: RemovalPolicy
) -> None:
    """Keep the parameters of a database that runs on, and none that an upgrade has replaced.

    A group that stayed would be in the way of a later one, which gets its name.
    """
    group.apply_removal_policy(policy)
    group.cfn_options.update_replace_policy = CfnDeletionPolicy.DELETE


def _engine_version(declared: PostgreSql | Aurora) -> str:
    """Name no minor version where RDS raises it by itself: it refuses to go back to an older one.

    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html>
    """
    version = versions.resolve(declared.engine, declared.version)
    return version if versions.is_exact(declared.version) else versions.major(version)
