"""PostgreSQL on RDS: one instance."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_rds as rds
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.data.database import EXTENDED_SUPPORT, LOGS, Database
from groundwork.data.network import Network
from groundwork.data.security_group import PORT, SecurityGroup
from settings.models import data
from settings.values import versions

ENGINE = "postgres"


class PostgreSql(Database):
    """An RDS instance that takes connections over TLS alone.

    RDS installs minor versions by itself, unless the file names an exact one.
    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html>
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        identifier: str,
        database: data.PostgreSql,
        network: Network,
        security_groups: Sequence[SecurityGroup],
    ) -> None:
        super().__init__(
            scope,
            id,
            identifier=identifier,
            database=database,
            engine=ENGINE,
            security_groups=security_groups,
        )
        self.instance = self._instance(database, network)
        self.keep(self.instance)
        acknowledge(
            self.instance,
            "AwsSolutions-RDS11",
            "Every client expects 5432, and a scanner finds any other port. Who gets in is decided "
            "by security groups, TLS and the password.",
        )
        if database.log_exports:
            self.log(self.instance, "instance")

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{self.instance.attr_endpoint_address}:{self.instance.attr_endpoint_port}"

    def _instance(self, database: data.PostgreSql, network: Network) -> rds.CfnDBInstance:
        return rds.CfnDBInstance(
            self,
            "instance",
            db_instance_identifier=self.identifier,
            db_instance_class=database.instance,
            engine=ENGINE,
            engine_version=self.version,
            engine_lifecycle_support=EXTENDED_SUPPORT,
            allow_major_version_upgrade=database.major_upgrade,
            auto_minor_version_upgrade=not versions.is_exact(database.version),
            db_name=database.first_database(self.node.id),
            master_username=database.user,
            master_user_password=self.password.reference,
            enable_iam_database_authentication=True,
            db_parameter_group_name=self._parameters().ref,
            db_subnet_group_name=network.subnet_group.ref,
            vpc_security_groups=self.security_group_ids,
            port=str(PORT),
            publicly_accessible=database.public,
            network_type="DUAL" if network.ipv6 and not database.public else "IPV4",
            multi_az=database.multi_az,
            storage_type="gp3",
            allocated_storage=str(database.storage_gib),
            max_allocated_storage=database.storage_max_gib,
            storage_encrypted=database.encrypted,
            backup_retention_period=database.backup_days,
            copy_tags_to_snapshot=True,
            deletion_protection=database.deletion_protection,
            enable_cloudwatch_logs_exports=LOGS if database.log_exports else [],
            enable_performance_insights=database.performance_insights,
        )

    def _parameters(self) -> rds.CfnDBParameterGroup:
        """`rds.force_ssl` has another default in each major version: say it."""
        group = rds.CfnDBParameterGroup(
            self,
            "parameters",
            db_parameter_group_name=self.parameters_name,
            family=self.family,
            description=f"TLS only, for {self.identifier}",
            parameters={"rds.force_ssl": "1"},
        )
        group.apply_removal_policy(self.of_rest)
        return group
