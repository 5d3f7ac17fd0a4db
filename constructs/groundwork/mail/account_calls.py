"""A function that calls SES for the whole account, and what it saves of what it found there."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Stack
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.kit import RuntimeFunction, arn_in_stack
from groundwork.kit.function import FunctionName
from settings.contract import saved_state

NO_RESOURCES = (
    "These calls of SES are about the account or take the identity as a parameter: IAM knows no "
    "resource for them. They read and set the one thing that the function is for, and send nothing."
)
ONE_EACH = "What was found is saved under a name for each item, below one path of this stack."


class AccountCalls(RuntimeFunction):
    """A function with these calls of SES, and custom resources of one type behind it.

    `saves` gives it the parameters below a path of the stack's and the construct's name.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        runs: FunctionName,
        description: str,
        calls: Sequence[str],
        saves: bool = True,
    ) -> None:
        super().__init__(scope, construct_id, runs=runs, description=description)
        self.saved_state = saved_state(Stack.of(self).stack_name, scope.node.id)
        self.allow(*(f"ses:{call}" for call in calls), on="*")
        acknowledge(self.role, "AwsSolutions-IAM5[Resource::*]", NO_RESOURCES)
        if saves:
            below = arn_in_stack(self, "ssm", f"parameter{self.saved_state}/*")
            self.allow("ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter", on=below)
            acknowledge(self.role, f"AwsSolutions-IAM5[Resource::{below}]", ONE_EACH)
