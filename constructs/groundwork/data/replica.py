"""A read replica of PostgreSQL on RDS, for consumers outside the team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.data.audit import access_parameters, audit_parameters
from groundwork.data.database import (
    LOGS,
    destroy_unless,
    keep_parameters,
    lifecycle_support,
)
from groundwork.data.deletion_protection import DeletionProtection
from groundwork.data.postgresql import PostgreSqlInstance
from groundwork.data.replica_access import ReplicaAccess
from groundwork.data.security_group import PORT, DatabaseSecurityGroup
from groundwork.data.vpc import Vpc
from settings.models.replicas import Replica
from settings.values import versions

INHERITED = "A replica has its source's: encryption is declared there."
COPY = "It is a copy itself: the data is in the database, and consumers can wait for another copy."


@dataclass(frozen=True)
class ReplicaContext:
    """What a replica is put into."""

    identifier: str
    """Its name in the account and region, and in its address."""
    vpc: Vpc
    operators: Sequence[DatabaseSecurityGroup]
    """The groups by which those who run the database reach its replica."""
    protection: DeletionProtection


class PostgreSqlReplica(ReplicaAccess):
    """An RDS read replica that admits its consumers, each by a group of their own.

    None of its groups is the database's, and none of the database's is its: who may connect here
    gains no way there. CloudFormation sets the parameter group once the replica is made, and
    restarts it: RDS takes none while it makes a replica of PostgreSQL.

    CloudFormation changes the source before the replica, and RDS upgrades to a minor version in the
    other order: so the replica's is raised by a change of its own.
    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        declared: Replica,
        source: PostgreSqlInstance,
        context: ReplicaContext,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            identifier=context.identifier,
            declared=declared,
            vpc=context.vpc,
        )
        self.declared, self.source, self.context = declared, source, context
        self.other_policy = destroy_unless(declared.deletion_protection)
        self.instance = self._instance()
        self.instance.apply_removal_policy(RemovalPolicy.DESTROY)
        self.add_sessions(self.instance.attr_endpoint_address)
        self._add_log_group()
        context.protection.protect(self, self.instance, enabled=declared.deletion_protection)
        database = source.declared.first_database(source.node.id)
        for consumer in self.consumers.values():
            consumer.add_login(database, host=self.instance.attr_endpoint_address)
            consumer.close()

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{self.instance.attr_endpoint_address}:{self.instance.attr_endpoint_port}"

    @property
    def _security_group_ids(self) -> list[str]:
        return [*self.group_ids, *(group.group_id for group in self.context.operators)]

    def _instance(self) -> rds.CfnDBInstance:
        declared, database, vpc = self.declared, self.source.declared, self.context.vpc
        instance = rds.CfnDBInstance(
            self,
            "instance",
            db_instance_identifier=self.context.identifier,
            source_db_instance_identifier=self.source.instance.ref,
            db_instance_class=declared.instance,
            # Unless the file says otherwise it has its source's, and follows it by itself.
            engine_version=declared.version,
            engine_lifecycle_support=lifecycle_support(database),
            auto_minor_version_upgrade=not versions.is_exact(database.version),
            enable_iam_database_authentication=True,
            db_parameter_group_name=self._parameters().ref,
            db_subnet_group_name=self._subnet_group().ref,
            vpc_security_groups=self._security_group_ids,
            port=str(PORT),
            publicly_accessible=declared.public,
            network_type="DUAL" if vpc.ipv6 and not declared.public else "IPV4",
            storage_type="gp3",
            # Storage that grows by itself is larger than declared, and a replica needs as much.
            allocated_storage=None if database.storage_max_gib else str(database.storage_gib),
            max_allocated_storage=database.storage_max_gib,
            copy_tags_to_snapshot=True,
            enable_cloudwatch_logs_exports=LOGS,
        )
        acknowledge(instance, "AwsSolutions-RDS2", INHERITED)
        acknowledge(instance, "AwsSolutions-RDS3", COPY)
        acknowledge(
            instance,
            "AwsSolutions-RDS11",
            "Every client expects 5432, and a scanner finds any other port. Who gets in is decided "
            "by security groups, TLS and the password.",
        )
        return instance

    def _subnet_group(self) -> rds.CfnDBSubnetGroup:
        if not self.declared.subnets:
            return self.context.vpc.subnet_group
        return self.context.vpc.make_subnet_group(
            self,
            "subnet-group",
            f"The subnets of the replica {self.context.identifier}",
            self.declared.subnets,
        )

    def _parameters(self) -> rds.CfnDBParameterGroup:
        suffix = f"-{self.source.family}" if self.source.declared.major_upgrade else ""
        group = rds.CfnDBParameterGroup(
            self,
            "parameters",
            db_parameter_group_name=f"{self.context.identifier}{suffix}",
            family=self.source.family,
            description=f"TLS only, and every statement in the log, for {self.context.identifier}",
            parameters={
                **access_parameters(self.source.version),
                **audit_parameters(self.source.declared.pgaudit),
            },
        )
        keep_parameters(group, self.other_policy)
        return group

    def _add_log_group(self) -> None:
        """Make the log group that RDS would make by itself on its first export, without an end."""
        group = logs.CfnLogGroup(
            self,
            "log-group",
            log_group_name=f"/aws/rds/instance/{self.context.identifier}/{LOGS[0]}",
            retention_in_days=self.declared.log_days,
        )
        group.apply_removal_policy(self.other_policy)
        self.instance.add_resource_dependency(group)
