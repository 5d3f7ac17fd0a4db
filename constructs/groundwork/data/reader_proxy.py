"""RDS Proxy before an Aurora cluster: the way by which consumers reach readers, and no writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from constructs import Construct

from groundwork.data.aurora import AuroraCluster
from groundwork.data.proxy_targets import ProxyTargets
from groundwork.data.vpc import Vpc

BORROW_SECONDS = 30
"""How long a connection waits for a reader while none is available; then it is refused."""
SHARE = 50
"""Percent of an instance's connections that the proxy uses at most: the rest is the team's."""


class ReaderProxy(Construct):
    """A proxy whose own endpoint, which leads to the writer, admits nobody.

    Each replica adds an endpoint that is read-only. Such an endpoint leads to readers, whichever
    they are after a failover: while none is available a connection waits and is refused, and where
    the cluster has none it is refused at once. It never leads to the writer.
    <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-endpoints.html>

    The proxy knows the logins of consumers and no others: nobody else's password passes, the
    owner's neither. It reads them where they are kept, so that a new one is known to it.
    <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-secrets-arns.html>

    It stays in the subnets where it was made, as do its endpoints: others would replace it, and
    CloudFormation replaces nothing that has a name, without which RDS makes no proxy.
    <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbproxy.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AuroraCluster,
        vpc: Vpc,
        secrets: Mapping[str, str],
        readers: Sequence[rds.CfnDBInstance],
        targets: ProxyTargets,
        log_days: int,
    ) -> None:
        """`secrets` are the ARNs of the logins that it knows, by whose they are."""
        super().__init__(scope, construct_id)
        self.identifier, self.vpc = cluster.identifier, vpc
        self.subnets = cluster.declared.proxy_subnets
        self.role = self._role(list(secrets.values()))
        log_group = self._log_group(log_days)
        self.proxy = rds.CfnDBProxy(
            self,
            "proxy",
            db_proxy_name=self.identifier,
            engine_family="POSTGRESQL",
            role_arn=self.role.role_arn,
            auth=[_login(name, secrets[name]) for name in sorted(secrets)],
            require_tls=True,
            vpc_subnet_ids=vpc.subnet_ids(self.subnets),
            vpc_security_group_ids=cluster.proxy_group_ids,
        )
        self.proxy.add_resource_dependency(log_group)
        self.registered = targets.register(
            self,
            proxy=self.proxy,
            group=self._target_group(cluster.cluster),
            cluster=cluster.cluster,
            instances=[cluster.writer, *readers],
        )

    def add_endpoint(
        self, scope: Construct, identifier: str, blocks: Sequence[str], groups: Sequence[str]
    ) -> rds.CfnDBProxyEndpoint:
        """Make an endpoint that leads to readers alone, in these blocks or where the proxy is."""
        endpoint = rds.CfnDBProxyEndpoint(
            scope,
            "endpoint",
            db_proxy_endpoint_name=identifier,
            db_proxy_name=self.proxy.ref,
            target_role="READ_ONLY",
            vpc_subnet_ids=self.vpc.subnet_ids(blocks or self.subnets),
            vpc_security_group_ids=list(groups),
            endpoint_network_type="DUAL" if self.vpc.ipv6 else "IPV4",
        )
        endpoint.node.add_dependency(self.registered)
        return endpoint

    def _role(self, secrets: list[str]) -> iam.Role:
        read = iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=secrets)
        return iam.Role(
            self,
            "role",
            description=f"Reads the logins of those who read {self.identifier}, and nothing else",
            assumed_by=iam.ServicePrincipal("rds.amazonaws.com"),
            inline_policies={"logins": iam.PolicyDocument(statements=[read])},
        )

    def _log_group(self, days: int) -> logs.CfnLogGroup:
        """Make the log group that RDS would make by itself, without an end."""
        group = logs.CfnLogGroup(
            self,
            "log-group",
            log_group_name=f"/aws/rds/proxy/{self.identifier}",
            retention_in_days=days,
        )
        group.apply_removal_policy(RemovalPolicy.DESTROY)
        return group

    def _target_group(self, cluster: rds.CfnDBCluster) -> rds.CfnDBProxyTargetGroup:
        """Say how many connections it opens. Where it leads is registered apart.

        It goes before the cluster does, and takes the registration along.
        """
        pool = rds.CfnDBProxyTargetGroup.ConnectionPoolConfigurationInfoFormatProperty(
            connection_borrow_timeout=BORROW_SECONDS, max_connections_percent=SHARE
        )
        group = rds.CfnDBProxyTargetGroup(
            self,
            "targets",
            db_proxy_name=self.proxy.ref,
            target_group_name="default",
            connection_pool_configuration_info=pool,
        )
        # The proxy has tags, and this type none in the schema that the CDK validates with.
        group.add_deletion_override("Properties.Tags")
        group.add_resource_dependency(cluster)
        return group


def _login(name: str, secret: str) -> rds.CfnDBProxy.AuthFormatProperty:
    return rds.CfnDBProxy.AuthFormatProperty(
        auth_scheme="SECRETS",
        client_password_auth_type="POSTGRES_SCRAM_SHA_256",  # noqa: S106 - a mechanism
        description=name,
        iam_auth="DISABLED",
        secret_arn=secret,
    )
