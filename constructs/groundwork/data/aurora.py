"""Aurora Serverless v2 for PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from aws_cdk import aws_rds as rds
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.data.audit import access_parameters, audit_parameters
from groundwork.data.database import (
    LOG_DAYS,
    LOGS,
    Database,
    DatabaseContext,
    keep_parameters,
    lifecycle_support,
)
from groundwork.data.security_group import PORT, DatabaseSecurityGroup
from groundwork.data.vpc import Vpc
from settings.models.capacity import Capacity
from settings.models.databases import Aurora
from settings.values import versions

ENGINE = "aurora-postgresql"
PASSWORDS = "Its consumers log in with passwords through RDS Proxy, which would ask for tokens."


class _Proxied(NamedTuple):
    """The group that a proxy is in, and the one by which the cluster admits it."""

    proxy: DatabaseSecurityGroup
    cluster: DatabaseSecurityGroup


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
        self._proxied = self._admit_proxy(context.vpc) if declared.replicas else None
        self.cluster = self._cluster(declared, context)
        self.retain(self.cluster)
        context.protection.protect(self, self.cluster, enabled=declared.deletion_protection)
        for log in LOGS:
            self.add_log_group(self.cluster, "cluster", log, days=self.log_days)
        self.writer = self._writer(declared)

    @property
    def address(self) -> str:
        """Host and port of the writer."""
        return f"{self.cluster.attr_endpoint_address}:{self.cluster.attr_endpoint_port}"

    @property
    def log_days(self) -> int:
        """For how long its log is kept: as long as a replica asks for, as all share one."""
        return max([LOG_DAYS, *(replica.log_days for replica in self.declared.replicas.values())])

    @property
    def proxy_group_ids(self) -> list[str]:
        """The group of the proxy that the cluster admits, by its id. It admits nobody itself."""
        return [self._proxied.proxy.group_id] if self._proxied else []

    def _admit_proxy(self, vpc: Vpc) -> _Proxied:
        proxy = DatabaseSecurityGroup(
            self,
            "proxy-group",
            vpc=vpc,
            description=f"RDS Proxy of {self.identifier}, which takes no connection itself",
        )
        cluster = DatabaseSecurityGroup(
            self, "proxied", vpc=vpc, description=f"{self.identifier}, which its RDS Proxy reaches"
        )
        cluster.admit("proxy", proxy)
        return _Proxied(proxy, cluster)

    def _cluster(self, declared: Aurora, context: DatabaseContext) -> rds.CfnDBCluster:
        proxied = [self._proxied.cluster.group_id] if self._proxied else []
        cluster = rds.CfnDBCluster(
            self,
            "cluster",
            db_cluster_identifier=self.identifier,
            engine=ENGINE,
            engine_version=self.version,
            engine_lifecycle_support=lifecycle_support(declared),
            serverless_v2_scaling_configuration=_scaling(declared.capacity),
            database_name=declared.made_database(self.node.id),
            master_username=declared.user,
            master_user_password=self.password.reference,
            # Of a cluster with it, RDS Proxy asks clients for IAM's tokens: consumers have none.
            enable_iam_database_authentication=not declared.replicas,
            enable_http_endpoint=declared.data_api,
            db_cluster_parameter_group_name=self._parameters().ref,
            db_subnet_group_name=context.vpc.subnet_group.ref,
            vpc_security_group_ids=[*context.security_group_ids, *proxied],
            port=PORT,
            network_type="DUAL" if context.vpc.ipv6 else "IPV4",
            storage_encrypted=declared.encrypted,
            backup_retention_period=declared.backup_days,
            copy_tags_to_snapshot=True,
            enable_cloudwatch_logs_exports=LOGS if declared.log_exports else [],
        )
        if declared.replicas:
            acknowledge(cluster, "AwsSolutions-RDS6", PASSWORDS)
        return cluster

    def _writer(self, declared: Aurora) -> rds.CfnDBInstance:
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
        return writer

    def _parameters(self) -> rds.CfnDBClusterParameterGroup:
        """`rds.force_ssl` has another default in each major version: say it.

        Every instance may become one that consumers read: then all log what is read. Where pgaudit
        logs the consumers alone, their logins are set to that by the SQL that makes them.
        """
        log = {"rds.force_ssl": "1"}
        if self.declared.replicas:
            log = dict(access_parameters(self.version))
        if self.declared.log_statements == "consumers":
            del log["log_statement"]
        group = rds.CfnDBClusterParameterGroup(
            self,
            "parameters",
            db_cluster_parameter_group_name=self.parameters_name,
            family=self.family,
            description=f"TLS only, for {self.identifier}",
            parameters={**log, **audit_parameters(self.declared.pgaudit)},
        )
        keep_parameters(group, self.other_policy)
        return group


def _scaling(capacity: Capacity) -> rds.CfnDBCluster.ServerlessV2ScalingConfigurationProperty:
    return rds.CfnDBCluster.ServerlessV2ScalingConfigurationProperty(
        min_capacity=capacity.min,
        max_capacity=capacity.max,
        seconds_until_auto_pause=capacity.pause_after,
    )
