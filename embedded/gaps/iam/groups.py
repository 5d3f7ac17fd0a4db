"""The types `AWS::IAM::Group` and `AWS::IAM::UserToGroupAddition`."""

from __future__ import annotations

import json

from embedded.gaps._calls import call
from embedded.gaps._ministack import Created, Properties, account, generated_name, register, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A stack has groups; one that still has users is not deleted.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-iam-group.html"
    ),
    ministack=(
        "It has the API and counts a group's policies; it lacks the types, and deletes a "
        "group with users."
    ),
    effect=Effect.CAPABLE,
)

GROUP = "AWS::IAM::Group"
ADDITION = "AWS::IAM::UserToGroupAddition"


def install() -> None:
    """Register both types."""
    register(GROUP, _create, _update, _delete, replacing=("GroupName",))
    register(ADDITION, _add, _change, _remove, replacing=("GroupName",))


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    name = properties.get("GroupName") or generated_name(stack, logical_id, 128)
    call("iam", "_create_group", {"GroupName": name, "Path": properties.get("Path", "/")})
    return _update(name, {}, properties, stack)


def _update(name: str, old: Properties, new: Properties, stack: str) -> Created:
    before, after = set(old.get("ManagedPolicyArns", ())), set(new.get("ManagedPolicyArns", ()))
    for arn in before - after:
        call("iam", "_detach_group_policy", {"GroupName": name, "PolicyArn": arn})
    for arn in after - before:
        call("iam", "_attach_group_policy", {"GroupName": name, "PolicyArn": arn})
    kept = {policy["PolicyName"] for policy in new.get("Policies", ())}
    for policy in old.get("Policies", ()):
        if policy["PolicyName"] not in kept:
            call("iam", "_delete_group_policy", _inline(name, policy))
    for policy in new.get("Policies", ()):
        call("iam", "_put_group_policy", _inline(name, policy))
    path = new.get("Path", "/")
    return name, {"Arn": f"arn:aws:iam::{account()}:group{path}{name}"}


def _delete(name: str, properties: Properties) -> None:
    group = service("iam")._groups.get(name)
    if group is None:
        return
    if group["Users"]:
        # ministack deletes it all the same; AWS makes the stack's deletion fail.
        raise ValueError("Cannot delete entity, must remove users from group first.")
    call("iam", "_delete_group", {"GroupName": name})


def _add(logical_id: str, properties: Properties, stack: str) -> Created:
    _change("", {}, properties, stack)
    return generated_name(stack, logical_id), {}


def _change(addition: str, old: Properties, new: Properties, stack: str) -> Created:
    before, after = set(old.get("Users", ())), set(new["Users"])
    for user in before - after:
        call("iam", "_remove_user_from_group", _membership(new, user))
    for user in after - before:
        call("iam", "_add_user_to_group", _membership(new, user))
    return addition, {}


def _remove(addition: str, properties: Properties) -> None:
    group = service("iam")._groups.get(properties["GroupName"], {"Users": ()})
    for user in set(properties["Users"]) & set(group["Users"]):
        call("iam", "_remove_user_from_group", _membership(properties, user))


def _membership(properties: Properties, user: str) -> dict[str, str]:
    return {"GroupName": properties["GroupName"], "UserName": user}


def _inline(group: str, policy: Properties) -> dict[str, str]:
    document = json.dumps(policy["PolicyDocument"])
    return {"GroupName": group, "PolicyName": policy["PolicyName"], "PolicyDocument": document}
