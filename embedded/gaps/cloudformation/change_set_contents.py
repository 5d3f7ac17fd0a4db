"""What a change set changes beside resources: outputs, and the stack's description."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import (
    Deploy,
    Properties,
    cloudformation,
    complete_change_sets,
    wrap_deployments,
)
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A change set that changes outputs alone can be executed, and a stack has the description "
        "of the template that it was last executed with."
    ),
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "using-cfn-updating-stacks-changesets.html"
    ),
    ministack="Such a change set fails as one without changes, and the description stays empty.",
    effect=Effect.CAPABLE,
)
NO_CHANGES = "The submitted information didn't contain changes."


def install() -> None:
    """Look at a change set once it is made, and at the stack once it is executed."""
    complete_change_sets(_count_outputs)
    wrap_deployments(_describing)


def _count_outputs(change_set: Properties) -> None:
    if not str(change_set["StatusReason"]).startswith(NO_CHANGES):
        return
    before: Properties = cloudformation._stacks[change_set["StackName"]].get("_template", {})
    after: Properties = change_set["_template"]
    if before.get("Outputs", {}) != after.get("Outputs", {}):
        change_set.update(Status="CREATE_COMPLETE", ExecutionStatus="AVAILABLE", StatusReason="")


def _describing(deploy: Deploy) -> Deploy:
    async def deploy_stack(
        name: str, stack_id: str, template: Properties, *given: Any, **options: Any
    ) -> None:
        stack: Properties = cloudformation._stacks[name]
        before = stack.get("Description", "")
        stack["Description"] = template.get("Description", "")
        await deploy(name, stack_id, template, *given, **options)
        if "UPDATE_ROLLBACK" in str(stack.get("StackStatus")):
            stack["Description"] = before

    return deploy_stack
