"""Where proxies lead, from their first deployment on."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds
from constructs import Construct

from groundwork.kit import RuntimeFunction, arn_in_stack
from settings.contract import CustomType


class ProxyTargets(Construct):
    """Registers the clusters of a stack with their proxies, before anybody can log in there.

    CloudFormation's own target group waits until the proxy has logged in to every instance, and
    fails after 20 minutes. The logins that a proxy knows are made by people, once its cluster is
    there. Until then RDS Proxy refuses consumers, and tries again by itself.
    <https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds-proxy>
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._function = RuntimeFunction(
            self, "function", runs="proxy_targets", description="Leads RDS Proxy to clusters"
        )

    def register(
        self,
        scope: Construct,
        *,
        proxy: rds.CfnDBProxy,
        group: rds.CfnDBProxyTargetGroup,
        cluster: rds.CfnDBCluster,
        instances: Sequence[rds.CfnDBInstance],
    ) -> Construct:
        """Lead a proxy, whose target group this is, to a cluster that has these instances."""
        name = cluster.db_cluster_identifier or ""
        called = [arn_in_stack(self, "rds", f"db:{instance.ref}") for instance in instances]
        permissions = iam.Policy(scope, "registrar", roles=[self._function.role])
        permissions.add_statements(
            iam.PolicyStatement(
                actions=["rds:DescribeDBProxyTargets", "rds:RegisterDBProxyTargets"],
                resources=[
                    proxy.attr_db_proxy_arn,
                    group.attr_target_group_arn,
                    arn_in_stack(self, "rds", f"cluster:{name}"),
                    *called,
                ],
            )
        )
        made = self._function.custom_resource(
            scope,
            "registration",
            resource_type=CustomType.PROXY_TARGETS,
            properties={"Proxy": group.db_proxy_name, "Cluster": name},
        )
        made.node.add_dependency(group, permissions, cluster, *instances)
        return made
