"""Protecting databases against deletion, without leaving them behind where a deployment fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.kit import SettingFunction, arn_in_stack
from settings.contract import DELETION_PROTECTION, CustomType

SET_AFTERWARDS = (
    "It is switched on as soon as the database is there, by a resource of the same stack, so that "
    "a deployment that fails while it makes the database can take it back."
)
Kind = Literal["instance", "cluster"]
ARNS: Mapping[Kind, str] = {"instance": "db", "cluster": "cluster"}
CALLS: Mapping[Kind, tuple[str, str]] = {
    "instance": ("rds:DescribeDBInstances", "rds:ModifyDBInstance"),
    "cluster": ("rds:DescribeDBClusters", "rds:ModifyDBCluster"),
}


class DeletionProtection(Construct):
    """Switches the protection of a stack's databases on, once each is made.

    RDS refuses to delete a protected database also when CloudFormation rolls back the creation of
    it: the stack would end in ROLLBACK_FAILED, and what it made would be in the way of the next.
    Its resource goes before the database does, and lets go of it in a rollback only.
    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html>
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._function = SettingFunction(
            self,
            "function",
            runs="deletion_protection",
            description="Protects databases against deletion",
        )
        self._function.allow("cloudformation:DescribeStacks", on=Stack.of(self).stack_id)

    def protect(
        self, database: Construct, resource: rds.CfnDBInstance | rds.CfnDBCluster, *, enabled: bool
    ) -> None:
        """Switch the protection of an instance or a cluster on or off.

        What the function may do with one database is a policy of its own, which a rollback deletes
        after it was needed. A policy of all databases would go back to what it was before.
        """
        kind: Kind = "cluster" if isinstance(resource, rds.CfnDBCluster) else "instance"
        identifier = _identifier(resource)
        permissions = iam.Policy(database, "protector", roles=[self._function.role])
        permissions.add_statements(
            iam.PolicyStatement(
                actions=[*CALLS[kind]],
                resources=[arn_in_stack(self, "rds", f"{ARNS[kind]}:{identifier}")],
            )
        )
        protection = self._function.setting(
            database,
            "protection",
            resource_type=CustomType.DELETION_PROTECTION,
            properties={"Kind": kind, "Identifier": identifier, "Enabled": str(enabled).lower()},
            saved_as=identifier,
        )
        protection.node.add_dependency(resource, permissions)
        resource.add_metadata(DELETION_PROTECTION, enabled)
        if enabled:
            acknowledge(resource, "AwsSolutions-RDS10", SET_AFTERWARDS)


def _identifier(resource: rds.CfnDBInstance | rds.CfnDBCluster) -> str:
    """Return the name of a resource that has one, as all of ours have."""
    if isinstance(resource, rds.CfnDBCluster):
        return resource.db_cluster_identifier or ""
    return resource.db_instance_identifier or ""
