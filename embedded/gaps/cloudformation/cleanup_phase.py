"""The clean-up after an update: what is removed or replaced goes last, and what stays is forgotten.

By then the update is done: the deletions have the permissions that the new template leaves, and a
deletion that fails cannot fail the update any more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from embedded.gaps._ministack import Deploy, Properties, cloudformation, stacks, wrap_deployments
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "An updated stack deletes what was removed in UPDATE_COMPLETE_CLEANUP_IN_PROGRESS. What "
        "still cannot be deleted at the third attempt stays, forgotten by the stack, which ends in "
        "UPDATE_COMPLETE with a reason."
    ),
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "using-cfn-updating-stacks-monitor-stack.html"
    ),
    ministack="It has neither status nor events, tries once, and tries again at each update.",
    effect=Effect.STRICTER,
)
PHASE = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
ATTEMPTS = 3
REASON = "One or more resources could not be deleted."


def install() -> None:
    """Start the phase when an update's outputs are resolved, which ministack does just before."""
    resolve, delete = stacks._resolve_stack_outputs, stacks._delete_resource

    def resolve_stack_outputs(*given: Any) -> Any:
        resolved = resolve(*given)
        name, identifier = given[-2:]
        stack = cloudformation._stacks.get(name, {})
        if stack.get("StackStatus") == "UPDATE_IN_PROGRESS":
            stack["StackStatus"] = PHASE
            stacks._add_event(
                identifier, name, name, "AWS::CloudFormation::Stack", PHASE, "", identifier
            )
        return resolved

    def delete_resource(
        resource_type: str, identifier: str, properties: Properties, name: str, logical_id: str
    ) -> None:
        given = (resource_type, identifier, properties, name, logical_id)
        stack = cloudformation._stacks.get(name, {})
        if stack.get("StackStatus") != PHASE:
            delete(*given)
            return
        about = (stack["StackId"], name, logical_id, resource_type)
        stacks._add_event(*about, "DELETE_IN_PROGRESS", "", identifier)
        _attempt(lambda: delete(*given))
        stacks._add_event(*about, "DELETE_COMPLETE", "", identifier)

    stacks._resolve_stack_outputs, stacks._delete_resource = resolve_stack_outputs, delete_resource
    wrap_deployments(_forgetting)


def _forgetting(deploy: Deploy) -> Deploy:
    async def deploy_stack(name: str, *given: Any, **options: Any) -> None:
        await deploy(name, *given, **options)
        stack = cloudformation._stacks.get(name, {})
        if stack.get("StackStatus") == "UPDATE_COMPLETE":
            _forget(stack)

    return deploy_stack


def _forget(stack: Properties) -> None:
    """Drop what could not be deleted from the stack, and say so in the update's last event."""
    resources: Properties = stack["_resources"]
    events: list[Properties] = cloudformation._stack_events[stack["StackId"]]
    started = max(n for n, event in enumerate(events) if event["ResourceStatus"] == PHASE)
    left = [event for event in events[started:] if event["ResourceStatus"] == "DELETE_FAILED"]
    for event in left:
        if resources.get(event["LogicalResourceId"], {}).get("ResourceStatus") == "DELETE_FAILED":
            del resources[event["LogicalResourceId"]]
    if left:
        stack["StackStatusReason"] = events[-1]["ResourceStatusReason"] = REASON


def _attempt(delete: Callable[[], None]) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            delete()
        except Exception:
            if attempt == ATTEMPTS:
                raise
        else:
            return
