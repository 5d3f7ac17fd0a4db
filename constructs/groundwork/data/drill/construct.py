"""What restores a database's newest snapshot on a schedule, and proves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.data.aurora import ENGINE, AuroraCluster
from groundwork.data.database import DatabaseContext, lifecycle_support
from groundwork.data.drill.copy import Copy, Question
from groundwork.data.drill.flow import definition
from groundwork.data.drill.function import DrillFunction
from groundwork.data.drill.permissions import Restored, statements, wildcards
from groundwork.data.postgresql import PostgreSqlInstance
from groundwork.data.security_group import DatabaseSecurityGroup
from groundwork.kit import add_drill_alarms, add_starter, arn_in_stack
from settings.contract import drill_copy, drill_log, drill_machine
from settings.models.databases import Aurora, PostgreSql

HOUR = 3600
LOG_DAYS = 400
SMALLEST = 0.5
"""Capacity units: a copy with none at first would pause before it is asked."""
UNLOGGED = (
    "Step Functions keeps every step of an execution for 90 days; how it ended is in a log group."
)


@dataclass(frozen=True)
class _Engine:
    """What the restored copy of a kind of database is given."""

    copy: Copy
    parameters: str
    """The part of an ARN with the parameter group."""


class DatabaseDrill(Construct):
    """Restores the newest snapshot twice within `every`, checks and deletes it.

    The copy is in the database's own subnets, behind a security group that lets nobody in but the
    function that asks an instance, and has no public address. The state machine's role can delete
    what has the copy's name and the drill's tag, and nothing else; of the database it reads the
    description. Snapshots under the account's own key of RDS need no permission of KMS.
    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        database: PostgreSqlInstance | AuroraCluster,
        context: DatabaseContext,
        topic_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.identifier, self._context = context.identifier, context
        declared = database.declared
        if declared.drill is None:
            raise ValueError(f"{self.identifier} has no drill")
        self._group = DatabaseSecurityGroup(
            self,
            "group",
            vpc=context.vpc,
            description=f"Restored copies of {self.identifier}, for its drills",
        )
        log_group = logs.CfnLogGroup(
            self, "log-group", log_group_name=drill_log(self.identifier), retention_in_days=LOG_DAYS
        )
        engine = self._engine(database)
        machine = self._machine(engine, log_group)
        hours = declared.drill.every // HOUR
        self._schedule(machine, hours // 2)
        self._alarms(hours, topic_arn)

    def _engine(self, database: PostgreSqlInstance | AuroraCluster) -> _Engine:
        if isinstance(database, PostgreSqlInstance):
            return self._of_instance(database)
        return self._of_cluster(database)

    def _of_instance(self, database: PostgreSqlInstance) -> _Engine:
        arguments = {
            **self._common(database.declared),
            **_instance(database.declared, database.parameters_name),
        }
        age, asked = _max_age(database.declared), self._asked(database)
        copy = Copy("Instance", self.identifier, age, arguments, question=asked)
        return _Engine(copy, f"pg:{database.parameters_name}")

    def _of_cluster(self, database: AuroraCluster) -> _Engine:
        declared = database.declared
        arguments = {**self._common(declared), **_cluster(declared, database.parameters_name)}
        writer = {**WRITER, "DbClusterIdentifier": drill_copy(self.identifier)}
        question = _question(declared, database.node.id)
        copy = Copy("Cluster", self.identifier, _max_age(declared), arguments, writer, question)
        return _Engine(copy, f"cluster-pg:{database.parameters_name}")

    def _asked(self, database: PostgreSqlInstance) -> Question | None:
        """Make what asks the copy, where the file has a query."""
        declared, drill = database.declared, database.declared.drill
        if drill is None or drill.query is None:
            return None
        function = DrillFunction(
            self, "query", database=database.instance, context=self._context, copies=self._group
        )
        name = declared.first_database(database.node.id)
        return Question(name, drill.query, drill.expect, function.asked)

    def _common(self, declared: PostgreSql | Aurora) -> dict[str, object]:
        return {
            "DbSubnetGroupName": self._context.vpc.subnet_group.ref,
            "VpcSecurityGroupIds": [self._group.group_id],
            "NetworkType": "IPV4",
            "EngineLifecycleSupport": lifecycle_support(declared),
            "CopyTagsToSnapshot": False,
            "DeletionProtection": False,
        }

    def _machine(
        self, engine: _Engine, log_group: logs.CfnLogGroup
    ) -> stepfunctions.CfnStateMachine:
        name = drill_machine(self.identifier)
        machine = stepfunctions.CfnStateMachine(
            self,
            "machine",
            state_machine_name=name,
            definition_string=Stack.of(self).to_json_string(definition(engine.copy)),
            role_arn=self._role(engine, name).role_arn,
        )
        machine.add_resource_dependency(log_group)
        acknowledge(machine, "AwsSolutions-SF1", UNLOGGED)
        acknowledge(machine, "AwsSolutions-SF2", UNLOGGED)
        return machine

    def _role(self, engine: _Engine, machine: str) -> iam.Role:
        """Make the machine's role: Step Functions takes it on for this machine alone."""
        stack = Stack.of(self)
        restored = Restored(
            self,
            engine.copy,
            machine,
            subnet_group=self._context.vpc.subnet_group.ref,
            parameters=engine.parameters,
        )
        source = arn_in_stack(self, "states", f"stateMachine:{machine}")
        role = iam.Role(
            self,
            "role",
            assumed_by=iam.ServicePrincipal(
                "states.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnEquals": {"aws:SourceArn": source},
                },
            ),
            inline_policies={"drill": iam.PolicyDocument(statements=[*statements(restored)])},
        )
        for pattern, reason in wildcards(restored).items():
            acknowledge(role, f"AwsSolutions-IAM5[Resource::{pattern}]", reason)
        return role

    def _schedule(self, machine: stepfunctions.CfnStateMachine, hours: int) -> None:
        """Start the machine every so many hours.

        <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>
        """
        arn = arn_in_stack(self, "states", f"stateMachine:{drill_machine(self.identifier)}")
        account = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        principal = iam.ServicePrincipal("scheduler.amazonaws.com", conditions=account)
        role = add_starter(self, arn, principal)
        schedule = scheduler.CfnSchedule(
            self,
            "schedule",
            description=f"Restores the newest snapshot of {self.identifier}, to prove it",
            schedule_expression=f"rate({hours} hours)",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(arn=arn, role_arn=role.role_arn),
        )
        schedule.add_resource_dependency(machine)

    def _alarms(self, hours: int, topic_arn: str) -> None:
        add_drill_alarms(
            self,
            name=f"{self.identifier} drill",
            dimensions={"Database": self.identifier},
            failed=f"A drill of {self.identifier} failed: its newest snapshot could not be "
            f"restored, or is not what it should be. {drill_log(self.identifier)} says why.",
            missing=f"No drill of {self.identifier} succeeded for {hours} h: nobody knows whether "
            "its snapshots can be restored.",
            hours=hours,
            topic_arn=topic_arn,
        )


WRITER: Mapping[str, object] = {
    "DbInstanceClass": "db.serverless",
    "Engine": ENGINE,
    "PubliclyAccessible": False,
}


def _max_age(declared: PostgreSql | Aurora) -> int:
    return declared.drill.max_age if declared.drill else 0


def _question(declared: Aurora, item: str) -> Question | None:
    asked = declared.drill
    return Question(declared.first_database(item), asked.query, asked.expect) if asked else None


def _instance(declared: PostgreSql, parameters: str) -> dict[str, object]:
    return {
        "DbInstanceClass": declared.instance,
        "DbParameterGroupName": parameters,
        "PubliclyAccessible": False,
        "AutoMinorVersionUpgrade": False,
        "EnableIAMDatabaseAuthentication": True,
    }


def _cluster(declared: Aurora, parameters: str) -> dict[str, object]:
    return {
        "Engine": ENGINE,
        "DbClusterParameterGroupName": parameters,
        "ServerlessV2ScalingConfiguration": {
            "MinCapacity": SMALLEST,
            "MaxCapacity": declared.capacity.max,
        },
    }
