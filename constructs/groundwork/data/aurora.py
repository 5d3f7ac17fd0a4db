"""Aurora Serverless v2 for PostgreSQL."""

from __future__ import annotations

from aws_cdk import aws_rds as rds
from constructs import Construct

from groundwork.data.audit import audit_parameters
from groundwork.data.database import EXTENDED_SUPPORT, LOGS, Database, DatabaseContext
from groundwork.data.security_group import PORT
from settings.models.data import Aurora, Capacity
from settings.values import versions

ENGINE = "aurora-postgresql"


class AuroraCluster(Database):
    """A cluster with one instance, its writer, which scales and pauses by itself.

    It takes connections over TLS alone and never has a public address.
    <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        declared: Aurora,
        context: DatabaseContext,
    ) -> None:
        super().__init__(scope, construct_id, engine=ENGINE, declared=declared, context=context)
        self.declared = declared
        self.cluster = self._cluster(declared, context)
        self.retain(self.cluster)
        context.protection.protect(self, self.cluster, enabled=declared.deletion_protection)
        for log in LOGS if declared.log_exports else ():
            self.add_log_group(self.cluster, "cluster", log)
        self._writer(declared)

    @property
    def address(self) -> str:
        """Host and port of the writer."""
        return f"{self.cluster.attr_endpoint_address}:{self.cluster.attr_endpoint_port}"

    def _cluster(self, declared: Aurora, context: DatabaseContext) -> rds.CfnDBCluster:
        return rds.CfnDBCluster(
            self,
            "cluster",
            db_cluster_identifier=self.identifier,
            engine=ENGINE,
            engine_version=self.version,
            engine_lifecycle_support=EXTENDED_SUPPORT,
            serverless_v2_scaling_configuration=_scaling(declared.capacity),
            database_name=declared.first_database(self.node.id),
            master_username=declared.user,
            master_user_password=self.password.reference,
            enable_iam_database_authentication=True,
            enable_http_endpoint=declared.data_api,
            db_cluster_parameter_group_name=self._parameters().ref,
            db_subnet_group_name=context.vpc.subnet_group.ref,
            vpc_security_group_ids=context.security_group_ids,
            port=PORT,
            network_type="DUAL" if context.vpc.ipv6 else "IPV4",
            storage_encrypted=declared.encrypted,
            backup_retention_period=declared.backup_days,
            copy_tags_to_snapshot=True,
            enable_cloudwatch_logs_exports=LOGS if declared.log_exports else [],
        )

    def _writer(self, declared: Aurora) -> None:
        """Add the instance. It has no data: the cluster has, and is of no use without an instance.

        A cluster's protection does not cover its instances.
        """
        writer = rds.CfnDBInstance(
            self,
            "writer",
            db_cluster_identifier=self.cluster.ref,
            db_instance_class="db.serverless",
            engine=ENGINE,
            auto_minor_version_upgrade=not versions.is_exact(declared.version),
            # Where a subnet has a route to the internet, RDS would make it public by default.
            publicly_accessible=False,
        )
        writer.apply_removal_policy(self.other_policy)

    def _parameters(self) -> rds.CfnDBClusterParameterGroup:
        """`rds.force_ssl` has another default in each major version: say it."""
        group = rds.CfnDBClusterParameterGroup(
            self,
            "parameters",
            db_cluster_parameter_group_name=self.parameters_name,
            family=self.family,
            description=f"TLS only, for {self.identifier}",
            parameters={"rds.force_ssl": "1", **audit_parameters(self.declared.pgaudit)},
        )
        group.apply_removal_policy(self.other_policy)
        return group


def _scaling(capacity: Capacity) -> rds.CfnDBCluster.ServerlessV2ScalingConfigurationProperty:
    return rds.CfnDBCluster.ServerlessV2ScalingConfigurationProperty(
        min_capacity=capacity.min,
        max_capacity=capacity.max,
        seconds_until_auto_pause=capacity.pause_after,
    )
