"""PostgreSQL on RDS: one instance."""

from __future__ import annotations

from aws_cdk import aws_rds as rds
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.data.audit import audit_parameters
from groundwork.data.database import (
    LOGS,
    Database,
    DatabaseContext,
    keep_parameters,
    lifecycle_support,
)
from groundwork.data.security_group import PORT
from settings.models.databases import PostgreSql
from settings.values import versions

ENGINE = "postgres"


class PostgreSqlInstance(Database):
    """An RDS instance that takes connections over TLS alone.

    RDS installs minor versions by itself, unless the file names an exact one.
    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        declared: PostgreSql,
        context: DatabaseContext,
    ) -> None:
        super().__init__(scope, construct_id, engine=ENGINE, declared=declared, context=context)
        self.declared = declared
        self.instance = self._instance(declared, context)
        self.retain(self.instance)
        context.protection.protect(self, self.instance, enabled=declared.deletion_protection)
        acknowledge(
            self.instance,
            "AwsSolutions-RDS11",
            "Every client expects 5432, and a scanner finds any other port. Who gets in is decided "
            "by security groups, TLS and the password.",
        )
        for log in dict.fromkeys([*LOGS, *_logs(declared)]):
            self.add_log_group(self.instance, "instance", log)

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{self.instance.attr_endpoint_address}:{self.instance.attr_endpoint_port}"

    def _instance(self, declared: PostgreSql, context: DatabaseContext) -> rds.CfnDBInstance:
        return rds.CfnDBInstance(
            self,
            "instance",
            db_instance_identifier=self.identifier,
            db_instance_class=declared.instance,
            engine=ENGINE,
            engine_version=self.version,
            engine_lifecycle_support=lifecycle_support(declared),
            allow_major_version_upgrade=declared.major_upgrade,
            auto_minor_version_upgrade=not versions.is_exact(declared.version),
            db_name=declared.made_database(self.node.id),
            master_username=declared.user,
            master_user_password=self.password.reference,
            enable_iam_database_authentication=True,
            db_parameter_group_name=self._parameters().ref,
            db_subnet_group_name=context.vpc.subnet_group.ref,
            vpc_security_groups=context.security_group_ids,
            port=str(PORT),
            publicly_accessible=declared.public,
            network_type="DUAL" if context.vpc.ipv6 and not declared.public else "IPV4",
            multi_az=declared.multi_az,
            storage_type="gp3",
            allocated_storage=str(declared.storage_gib),
            max_allocated_storage=declared.storage_max_gib,
            storage_encrypted=declared.encrypted,
            backup_retention_period=declared.backup_days,
            copy_tags_to_snapshot=True,
            enable_cloudwatch_logs_exports=_logs(declared),
            enable_performance_insights=declared.performance_insights,
        )

    def _parameters(self) -> rds.CfnDBParameterGroup:
        """`rds.force_ssl` has another default in each major version: say it."""
        group = rds.CfnDBParameterGroup(
            self,
            "parameters",
            db_parameter_group_name=self.parameters_name,
            family=self.family,
            description=f"TLS only, for {self.identifier}",
            parameters={"rds.force_ssl": "1", **audit_parameters(self.declared.pgaudit)},
        )
        keep_parameters(group, self.other_policy)
        return group


def _logs(declared: PostgreSql) -> list[str]:
    """Name the logs to export: where a major upgrade may happen, what it says as well.

    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html>
    """
    if not declared.log_exports:
        return []
    return [*LOGS, "upgrade"] if declared.major_upgrade else LOGS
