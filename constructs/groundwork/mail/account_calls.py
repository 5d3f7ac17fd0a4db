"""A function that calls SES for the whole account, and the memory of what it found there."""

from __future__ import annotations

from aws_cdk import CustomResource, Stack
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.functions import RuntimeFunction
from groundwork.functions.function import SERVICE_TIMEOUT
from settings.contract import saved_state

NO_RESOURCES = (
    "These calls of SES are about the account or take the identity as a parameter: IAM knows no "
    "resource for them. They read and set the one thing that the function is for, and send nothing."
)
ONE_EACH = "What was found is remembered under a name for each item, below one path of this stack."


class AccountCalls(RuntimeFunction):
    """A function with these calls of SES, and custom resources of one type behind it.

    `remembers` gives it the parameters below a path of the stack's and the construct's name.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        beside: str,
        description: str,
        calls: tuple[str, ...],
        remembers: bool = True,
    ) -> None:
        super().__init__(scope, construct_id, beside=beside, description=description)
        stack = Stack.of(self)
        self.memory = saved_state(stack.stack_name, scope.node.id)
        self.allow(*(f"ses:{call}" for call in calls), on="*")
        acknowledge(self.role, "AwsSolutions-IAM5[Resource::*]", NO_RESOURCES)
        if remembers:
            below = f"arn:aws:ssm:{stack.region}:{stack.account}:parameter{self.memory}/*"
            calls = ("ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter")
            self.allow(*calls, on=below)
            acknowledge(self.role, f"AwsSolutions-IAM5[Resource::{below}]", ONE_EACH)

    def resource(self, identifier: str, *, kind: str, properties: dict[str, object]) -> Construct:
        """Declare one setting. Its properties are what the function is given."""
        made = CustomResource(
            self,
            identifier,
            resource_type=f"Custom::{kind}",
            service_token=self.function.function_arn,
            service_timeout=SERVICE_TIMEOUT,
            properties=properties,
        )
        # The permissions last longer than the resource that needs them.
        made.node.add_dependency(self.role)
        return made
