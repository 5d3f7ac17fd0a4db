"""A function that sets what CloudFormation has no resource for."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import CustomResource, Stack
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.kit.arns import arn_in_stack
from groundwork.kit.function import FunctionName, RuntimeFunction
from settings.contract import CustomType, saved_state

ONE_EACH = "What was found is saved under a name for each item, below one path of this stack."


class SettingFunction(RuntimeFunction):
    """A function that puts back what it found when its resource goes.

    What it found is in Systems Manager, in a parameter below a path of the stack's and the
    construct's name, until it is put back.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, runs: FunctionName, description: str
    ) -> None:
        super().__init__(scope, construct_id, runs=runs, description=description)
        self._saved_state = saved_state(Stack.of(self).stack_name, scope.node.id)
        below = arn_in_stack(self, "ssm", f"parameter{self._saved_state}/*")
        self.allow("ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter", on=below)
        acknowledge(self.role, f"AwsSolutions-IAM5[Resource::{below}]", ONE_EACH)

    def setting(
        self,
        scope: Construct,
        construct_id: str,
        *,
        resource_type: CustomType,
        properties: Mapping[str, object],
        saved_as: str | None = None,
    ) -> CustomResource:
        """Declare one setting. `saved_as` names its parameter, if the construct's id does not."""
        parameter = f"{self._saved_state}/{saved_as or construct_id}"
        return self.custom_resource(
            scope,
            construct_id,
            resource_type=resource_type,
            properties={**properties, "SavedState": parameter},
        )
