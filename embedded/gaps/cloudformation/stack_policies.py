"""Stack policies."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from embedded.gaps._ministack import (
    Deploy,
    Properties,
    cloudformation,
    provisioners,
    stacks,
    wrap_deployments,
)
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "An update of a protected resource fails the stack, which rolls back. Its deletion is "
        "not asked."
    ),
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "protect-stack-resources.html"
    ),
    ministack="It keeps and returns the policy, and lets every update pass.",
    effect=Effect.STRICTER,
)


# ministack knows of most types which properties replace a resource; of these, ours, it does not.
NAMES = {
    "AWS::S3::Bucket": "BucketName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::SES::EmailIdentity": "EmailIdentity",
}


def install() -> None:
    """Ask the policy before a resource is updated, and before one is removed."""
    update = stacks._update_resource

    def update_resource(
        resource_type: str,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str | None = None,
        attributes: Any = None,
    ) -> Any:
        stack = cloudformation._stacks.get(stack_name, {})
        if old != new and logical_id and stack.get("StackStatus") == "UPDATE_IN_PROGRESS":
            action = "Replace" if _replaces(resource_type, old, new) else "Modify"
            _ask(stack, logical_id, resource_type, f"Update:{action}")
        return update(resource_type, physical_id, old, new, stack_name, logical_id, attributes)

    stacks._update_resource = update_resource
    wrap_deployments(_asking)


def _asking(deploy: Deploy) -> Deploy:
    async def deploy_stack(
        name: str, stack_id: str, template: Properties, *rest: Any, **options: Any
    ) -> None:
        if options.get("is_update") and await _refused(name, stack_id, template, rest, options):
            return
        await deploy(name, stack_id, template, *rest, **options)

    return deploy_stack


async def _refused(
    name: str, stack_id: str, template: Properties, rest: tuple[Any, ...], options: Properties
) -> bool:
    """Whether the policy keeps a resource that the new template lacks; if so, rolls it back.

    ministack removes such resources when all else is done; AWS fails the update.
    """
    stack, previous = cloudformation._stacks[name], options["previous_stack"]
    kept = template.get("Resources", {})
    for logical_id, resource in previous.get("_resources", {}).items():
        if logical_id in kept:
            continue
        try:
            _ask(stack, logical_id, resource["ResourceType"], "Update:Delete")
        except ValueError as denial:
            await _fail(name, stack_id, stack, template, rest, options, logical_id, str(denial))
            return True
    return False


async def _fail(
    name: str,
    stack_id: str,
    stack: Any,
    template: Properties,
    rest: tuple[Any, ...],
    options: Properties,
    logical_id: str,
    denial: str,
) -> None:
    previous = options["previous_stack"]
    resource = previous["_resources"][logical_id]
    event = (logical_id, resource["ResourceType"], "UPDATE_FAILED", denial)
    stacks._add_event(stack_id, name, *event, resource["PhysicalResourceId"])
    parameters, _, tags = rest
    operation = stacks._failed_operation(
        True, previous, [], None, logical_id, [], False, template, parameters, False, tags,
        previous.get("Tags") or [],
    )  # fmt: skip
    reason = f"The following resource(s) failed to update: [{logical_id}]. "
    await stacks._roll_back_operation(name, stack_id, stack, operation, reason)


def _ask(stack: Any, logical_id: str, resource_type: str, action: str) -> None:
    """Fail the resource in AWS's words if the stack's policy does not allow the action."""
    policy = stack.get("_stack_policy")
    if not policy:
        return
    allowed = False
    for number, statement in enumerate(_list(json.loads(policy)["Statement"]), 1):
        if not _applies(statement, logical_id, resource_type, action):
            continue
        if statement["Effect"] == "Deny":
            raise ValueError(_denial(f"Statement [#{number}] does not allow", action, logical_id))
        allowed = True
    if not allowed:
        raise ValueError(_denial("no statement allows", action, logical_id))


def _denial(why: str, action: str, logical_id: str) -> str:
    return f"Action denied by stack policy: {why} [{action}] for resource [{logical_id}]"


def _applies(statement: Properties, logical_id: str, resource_type: str, action: str) -> bool:
    resource = f"LogicalResourceId/{logical_id}"
    return (
        _names(statement, "Action", action)
        and _names(statement, "Resource", resource)
        and _meets(statement.get("Condition", {}), resource_type)
    )


def _names(statement: Properties, element: str, value: str) -> bool:
    if f"Not{element}" in statement:
        return not _matches(statement[f"Not{element}"], value)
    return _matches(statement.get(element, []), value)


def _meets(condition: Properties, resource_type: str) -> bool:
    """The only condition key there is: ResourceType, with StringEquals or StringLike."""
    return all(
        _matches(values.get("ResourceType", []), resource_type) for values in condition.values()
    )


def _matches(patterns: Any, value: str) -> bool:
    return any(fnmatchcase(value, pattern) for pattern in _list(patterns))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _replaces(resource_type: str, old: Properties, new: Properties) -> bool:
    name = NAMES.get(resource_type)
    renamed = name is not None and old.get(name) != new.get(name)
    known = resource_type in provisioners._REPLACING_PROPERTIES
    return renamed or (known and bool(provisioners._replacing_change(resource_type, old, new)))
