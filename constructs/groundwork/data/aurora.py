"""Aurora Serverless v2 for PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_rds as rds
from constructs import Construct

from groundwork.data.database import EXTENDED_SUPPORT, LOGS, Database
from groundwork.data.network import Network
from groundwork.data.security_group import PORT, SecurityGroup
from settings.models import data
from settings.values import versions

ENGINE = "aurora-postgresql"


class Aurora(Database):
    """A cluster with one instance, its writer, which scales and pauses by itself.

    It takes connections over TLS alone and never has a public address.
    <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.html>
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        identifier: str,
        database: data.Aurora,
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
        self.cluster = self._cluster(database, network)
        self.keep(self.cluster)
        if database.log_exports:
            self.log(self.cluster, "cluster")
        self._writer(database)

    @property
    def address(self) -> str:
        """Host and port of the writer."""
        return f"{self.cluster.attr_endpoint_address}:{self.cluster.attr_endpoint_port}"

    def _cluster(self, database: data.Aurora, network: Network) -> rds.CfnDBCluster:
        return rds.CfnDBCluster(
            self,
            "cluster",
            db_cluster_identifier=self.identifier,
            engine=ENGINE,
            engine_version=self.version,
            engine_lifecycle_support=EXTENDED_SUPPORT,
            serverless_v2_scaling_configuration=_scaling(database.capacity),
            database_name=database.first_database(self.node.id),
            master_username=database.user,
            master_user_password=self.password.reference,
            enable_iam_database_authentication=True,
            enable_http_endpoint=database.data_api,
            db_cluster_parameter_group_name=self._parameters().ref,
            db_subnet_group_name=network.subnet_group.ref,
            vpc_security_group_ids=self.security_group_ids,
            port=PORT,
            network_type="DUAL" if network.ipv6 else "IPV4",
            storage_encrypted=database.encrypted,
            backup_retention_period=database.backup_days,
            copy_tags_to_snapshot=True,
            deletion_protection=database.deletion_protection,
            enable_cloudwatch_logs_exports=LOGS if database.log_exports else [],
        )

    def _writer(self, database: data.Aurora) -> None:
        """Add the instance. It has no data: the cluster has."""
        writer = rds.CfnDBInstance(
            self,
            "writer",
            db_cluster_identifier=self.cluster.ref,
            db_instance_class="db.serverless",
            engine=ENGINE,
            auto_minor_version_upgrade=not versions.is_exact(database.version),
            # Where a subnet has a route to the internet, RDS would make it public by default.
            publicly_accessible=False,
        )
        kept = database.deletion == "retain"
        writer.apply_removal_policy(RemovalPolicy.RETAIN if kept else RemovalPolicy.DESTROY)

    def _parameters(self) -> rds.CfnDBClusterParameterGroup:
        """`rds.force_ssl` has another default in each major version: say it."""
        group = rds.CfnDBClusterParameterGroup(
            self,
            "parameters",
            db_cluster_parameter_group_name=self.parameters_name,
            family=self.family,
            description=f"TLS only, for {self.identifier}",
            parameters={"rds.force_ssl": "1"},
        )
        group.apply_removal_policy(self.of_rest)
        return group


def _scaling(capacity: data.Capacity) -> rds.CfnDBCluster.ServerlessV2ScalingConfigurationProperty:
    return rds.CfnDBCluster.ServerlessV2ScalingConfigurationProperty(
        min_capacity=capacity.min,
        max_capacity=capacity.max,
        seconds_until_auto_pause=capacity.pause_after,
    )
