"""The state machines that execute approved changes and guard stacks, and the role of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from groundwork.access import guarding
from groundwork.access.alarms import GuardAlarms
from groundwork.access.calls import Calls
from groundwork.access.definition import Rules, definition
from groundwork.access.permissions import Permission, Scope, executing, executing_in, seeing
from groundwork.access.role import AccessRole, wildcards
from groundwork.checks import acknowledge
from groundwork.kit import RuntimeFunction, add_starter
from groundwork.kit.states import State

PURPOSE = "Executes approved changes of Groundwork's stacks, for the state machine alone"
UNLOGGED = (
    "Step Functions keeps the history of an execution for 90 days; its beginning and its end are "
    "in the bucket of the records, and every call that it makes is in CloudTrail."
)
UNTRACED = "CloudTrail has every call of an execution; there is no latency to look for."


@dataclass(frozen=True)
class Names:
    """What the account knows the state machines and their role by."""

    machine: str
    guards: str
    role: str


class Execution(Construct):
    """A state machine that executes what was reviewed and approved, and nothing else.

    Another one guards the stacks when an execution is stopped before it could. Their role trusts
    Step Functions alone, for these state machines of this account.
    <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html#prevent-cross-service-confused-deputy>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: Names,
        reach: Scope,
        rules: Rules,
        notify: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        elsewhere = [region for region in reach.regions if region != reach.region]
        function = self._function(reach, elsewhere) if elsewhere else None
        self._role = AccessRole(
            self,
            "role",
            name=names.role,
            description=PURPOSE,
            trusted=[_step_functions(reach)],
            permissions=[*executing(reach), *_invoking(function)],
            session=Duration.hours(1),
        )
        calls = Calls(reach.region, function.function.function_arn if function else "")
        self.machine = self._machine("machine", names.machine, definition(rules, calls))
        (executions,) = reach.executions()
        guards = guarding.definition(rules, calls, executions.removesuffix("*"))
        self.guards = self._machine("guards", names.guards, guards)
        rule = self._guard_when_stopped(reach)
        if notify:
            GuardAlarms(
                self,
                "alarms",
                machine=(names.machine, self.machine.ref),
                guards=(names.guards, self.guards.ref),
                rule=rule.ref,
                notify=notify,
            )

    def _machine(self, construct_id: str, name: str, states: State) -> sfn.CfnStateMachine:
        machine = sfn.CfnStateMachine(
            self,
            construct_id,
            state_machine_name=name,
            role_arn=self._role.role.role_arn,
            definition=states,
        )
        machine.node.add_dependency(self._role.policy)
        acknowledge(machine, "AwsSolutions-SF1", UNLOGGED)
        acknowledge(machine, "AwsSolutions-SF2", UNTRACED)
        return machine

    def _guard_when_stopped(self, reach: Scope) -> events.CfnRule:
        """Have EventBridge start the guards.

        <https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html>
        """
        role = add_starter(self, self.guards.ref, iam.ServicePrincipal("events.amazonaws.com"))
        return events.CfnRule(
            self,
            "stopped",
            description="Guards the stacks of an execution that was stopped before it did so",
            event_pattern={
                "source": ["aws.states"],
                "detail-type": ["Step Functions Execution Status Change"],
                "detail": {
                    "stateMachineArn": [reach.machine_arn],
                    "status": list(guarding.STOPPED),
                },
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="guards", arn=self.guards.ref, role_arn=role.role_arn
                )
            ],
        )

    def _function(self, reach: Scope, regions: list[str]) -> RuntimeFunction:
        made = RuntimeFunction(
            self,
            "other-regions",
            runs="other_regions",
            description="Calls CloudFormation in another region for the execution of changes",
        )
        for permission in (*(executing_in(reach, region) for region in regions), *seeing(reach)):
            made.role.add_to_policy(
                iam.PolicyStatement(
                    actions=[*permission.actions], resources=[*permission.resources]
                )
            )
            for finding in wildcards(permission):
                acknowledge(made.role, finding, permission.reason)
        return made


def _step_functions(reach: Scope) -> iam.IPrincipal:
    return iam.ServicePrincipal(
        "states.amazonaws.com",
        conditions={
            "StringEquals": {"aws:SourceAccount": reach.account},
            "ArnEquals": {"aws:SourceArn": [reach.machine_arn, reach.guards_arn]},
        },
    )


def _invoking(function: RuntimeFunction | None) -> Iterator[Permission]:
    if function:
        yield Permission(("lambda:InvokeFunction",), (function.function.function_arn,))
