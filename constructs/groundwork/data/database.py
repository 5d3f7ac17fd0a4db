"""What a single instance and a cluster have in common."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from constructs import Construct

from groundwork.data.password import Password
from groundwork.data.security_group import SecurityGroup
from settings.models import data
from settings.values import versions

EXTENDED_SUPPORT = "open-source-rds-extended-support-disabled"
"""Otherwise RDS charges by the hour, by default, for every version that its community gave up."""
LOGS = ["postgresql"]
LOG_DAYS = 90

OF_DATA: dict[data.Deletion, RemovalPolicy] = {
    "snapshot": RemovalPolicy.SNAPSHOT,
    "retain": RemovalPolicy.RETAIN,
    "delete": RemovalPolicy.DESTROY,
}


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
        id: str,
        *,
        identifier: str,
        database: data.PostgreSql | data.Aurora,
        engine: str,
        security_groups: Sequence[SecurityGroup],
    ) -> None:
        super().__init__(scope, id)
        self.identifier = identifier
        self.version = versions.resolve(database.engine, database.version)
        self.family = engine + versions.major(self.version)
        self.parameters_name = identifier + (f"-{self.family}" if database.major_upgrade else "")
        self.security_group_ids = [group.group_id for group in security_groups]
        self.of_data = OF_DATA[database.deletion]
        self.of_rest = _destroy_unless(database.deletion == "retain")
        # A snapshot opens with the password of its day; a database whose protection held it back
        # when the item left the configuration still has its own.
        kept = database.deletion != "delete" or database.deletion_protection
        self.of_password = _destroy_unless(kept)
        self.password = Password(
            self,
            "password",
            user=database.user,
            description=f"The owner of the database {identifier}",
            removal=self.of_password,
        )

    def keep(self, resource: rds.CfnDBInstance | rds.CfnDBCluster) -> None:
        """Protect the resource that holds the data, and tell the secret where it is."""
        resource.apply_removal_policy(self.of_data)
        self.password.attach(resource, removal=self.of_rest)

    def log(self, resource: rds.CfnDBInstance | rds.CfnDBCluster, kind: str) -> None:
        """Make the log group that RDS would make by itself on its first export, without an end."""
        group = logs.CfnLogGroup(
            self,
            "log-group",
            log_group_name=f"/aws/rds/{kind}/{self.identifier}/postgresql",
            retention_in_days=LOG_DAYS,
        )
        group.apply_removal_policy(self.of_rest)
        resource.add_resource_dependency(group)


def _destroy_unless(kept: bool) -> RemovalPolicy:
    return RemovalPolicy.RETAIN if kept else RemovalPolicy.DESTROY
