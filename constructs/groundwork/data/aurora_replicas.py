"""Replicas of an Aurora cluster: readers, which consumers reach through a proxy alone."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import RemovalPolicy
from aws_cdk import aws_rds as rds
from constructs import Construct

from groundwork.data.aurora import ENGINE, AuroraCluster
from groundwork.data.proxy_targets import ProxyTargets
from groundwork.data.reader_proxy import ReaderProxy
from groundwork.data.replica_access import ReplicaAccess
from groundwork.data.security_group import PORT
from groundwork.data.vpc import Vpc
from settings.models.replicas import AuroraReplica
from settings.values import versions

LAST_TIER = 15
"""From tier 2 on, a reader's capacity follows what it has to do, and not the writer's.

<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html>
"""


class AuroraReader(ReplicaAccess):
    """A further instance of a cluster, an endpoint that leads to readers, and who comes in there.

    All instances of a cluster share its security groups, and a reader becomes the writer when that
    fails. So no group of a consumer is the cluster's: it is the endpoint's, and the cluster takes
    connections from the proxy.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        identifier: str,
        declared: AuroraReplica,
        cluster: AuroraCluster,
        vpc: Vpc,
    ) -> None:
        super().__init__(scope, construct_id, identifier=identifier, declared=declared, vpc=vpc)
        self.declared = declared
        self.instance = rds.CfnDBInstance(
            self,
            "instance",
            db_instance_identifier=identifier,
            db_cluster_identifier=cluster.cluster.ref,
            db_instance_class="db.serverless",
            engine=ENGINE,
            auto_minor_version_upgrade=not versions.is_exact(cluster.declared.version),
            promotion_tier=LAST_TIER,
            publicly_accessible=False,
        )
        self.instance.apply_removal_policy(RemovalPolicy.DESTROY)
        # The first instance writes.
        self.instance.add_resource_dependency(cluster.writer)
        database = cluster.declared.first_database(cluster.node.id)
        for consumer in self.consumers.values():
            # The proxy needs the login before it has an endpoint, so that no address stands in it.
            consumer.add_login(database, host=None)

    def open(self, proxy: ReaderProxy) -> None:
        """Make the endpoint, and what needs its address or the proxy's role."""
        self.endpoint = proxy.add_endpoint(
            self, self.identifier, self.declared.subnets, self.group_ids
        )
        self.add_sessions(self.endpoint.attr_endpoint)
        for consumer in self.consumers.values():
            consumer.close(proxy.role.role_arn)

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{self.endpoint.attr_endpoint}:{PORT}"


class AuroraReplicas(Construct):
    """All replicas of a cluster, and the one proxy that they share."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AuroraCluster,
        declared: Mapping[str, tuple[str, AuroraReplica]],
        vpc: Vpc,
        targets: ProxyTargets,
    ) -> None:
        """`declared` has each replica's identifier and what the file says of it, by its name."""
        super().__init__(scope, construct_id)
        self.replicas = {
            name: AuroraReader(
                self, name, identifier=identifier, declared=said, cluster=cluster, vpc=vpc
            )
            for name, (identifier, said) in declared.items()
        }
        secrets = {
            f"{name}/{consumer}": secret
            for name, replica in self.replicas.items()
            for consumer, secret in replica.secrets.items()
        }
        proxy = ReaderProxy(
            cluster,
            "proxy",
            cluster=cluster,
            vpc=vpc,
            secrets=secrets,
            readers=[replica.instance for replica in self.replicas.values()],
            targets=targets,
            log_days=cluster.log_days,
        )
        for replica in self.replicas.values():
            replica.open(proxy)
