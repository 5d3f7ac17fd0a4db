"""The state machine that executes approved changes, and the role that nobody else can assume."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from groundwork.access.definition import Rules, definition
from groundwork.access.permissions import Permission, Scope, executing, executing_in
from groundwork.access.role import AccessRole, wildcards
from groundwork.access.stack_flow import Calls
from groundwork.checks import acknowledge
from groundwork.kit import RuntimeFunction

PURPOSE = "Executes approved changes of Groundwork's stacks, for the state machine alone"
UNLOGGED = (
    "Step Functions keeps the history of an execution for 90 days; its beginning and its end are "
    "in the bucket of the records, and every call that it makes is in CloudTrail."
)
UNTRACED = "CloudTrail has every call of an execution; there is no latency to look for."


@dataclass(frozen=True)
class Names:
    """What the account knows the state machine and its role by."""

    machine: str
    role: str


class Execution(Construct):
    """A state machine that executes what was reviewed and approved, and nothing else.

    Its role trusts Step Functions alone, for this state machine of this account.
    <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html#prevent-cross-service-confused-deputy>
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, names: Names, reach: Scope, rules: Rules
    ) -> None:
        super().__init__(scope, construct_id)
        elsewhere = [region for region in reach.regions if region != reach.region]
        function = self._function(reach, elsewhere) if elsewhere else None
        made = AccessRole(
            self,
            "role",
            name=names.role,
            description=PURPOSE,
            trusted=[_step_functions(reach)],
            permissions=[*executing(reach), *_invoking(function)],
            session=Duration.hours(1),
        )
        arn = function.function.function_arn if function else ""
        self.machine = sfn.CfnStateMachine(
            self,
            "machine",
            state_machine_name=names.machine,
            role_arn=made.role.role_arn,
            definition=definition(rules, Calls(reach.region, arn)),
        )
        self.machine.node.add_dependency(made.policy)
        acknowledge(self.machine, "AwsSolutions-SF1", UNLOGGED)
        acknowledge(self.machine, "AwsSolutions-SF2", UNTRACED)

    def _function(self, reach: Scope, regions: list[str]) -> RuntimeFunction:
        made = RuntimeFunction(
            self,
            "other-regions",
            runs="other_regions",
            description="Calls CloudFormation in another region for the execution of changes",
        )
        for region in regions:
            permission = executing_in(reach, region)
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
            "ArnEquals": {"aws:SourceArn": reach.machine_arn},
        },
    )


def _invoking(function: RuntimeFunction | None) -> Iterator[Permission]:
    if function:
        yield Permission(("lambda:InvokeFunction",), (function.function.function_arn,))
