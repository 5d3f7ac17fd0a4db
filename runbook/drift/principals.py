"""What our users and roles may do beside the declared."""

from __future__ import annotations

from collections.abc import Iterator

from runbook.changes.template.values import Template
from runbook.drift.deployed import Deployed
from runbook.drift.missing import while_there
from runbook.drift.statements import undeclared
from settings.contract import CustomType

Found = Iterator[tuple[str, object]]
MOST_KEYS_OF_OURS = 2
"""A key and, while it is renewed, the one before."""
TOO_MANY_KEYS = "has an access key too many"
ATTACHED = ("AWS::IAM::ManagedPolicy",)
INLINE = ("AWS::IAM::Policy", "AWS::IAM::UserPolicy", "AWS::IAM::RolePolicy")
USER, ADDITION = "AWS::IAM::User", "AWS::IAM::UserToGroupAddition"


def of_user(stack: Deployed, name: str, properties: Template) -> Found:
    """Yield policies, groups and keys of a user that nobody declared."""
    yield from _policies(stack, "user", name, properties)
    iam = stack.iam
    declared = {group for group in properties.get("Groups", ()) if isinstance(group, str)}
    declared |= _members(stack, name)
    for group in iam.list_groups_for_user(UserName=name)["Groups"]:
        if group["GroupName"] not in declared:
            yield "is in a group that nobody declared", group["GroupName"]
    keys = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    yield from while_there(_password(stack, name))
    expected = 1 if _never_renewed(stack, name) else MOST_KEYS_OF_OURS
    if len(keys) > expected:
        yield TOO_MANY_KEYS, [key["AccessKeyId"] for key in keys]


def _password(stack: Deployed, user: str) -> Found:
    """Yield that a user may sign in to the console. IAM has an error for one who may not."""
    since = stack.iam.get_login_profile(UserName=user)["LoginProfile"]["CreateDate"]
    yield "has a password for the console that nobody declared", f"since {since:%Y-%m-%d}"


def _members(stack: Deployed, user: str) -> set[str]:
    return {
        properties["GroupName"]
        for _, _, properties in stack.of(ADDITION)
        if user in properties.get("Users", ())
    }


def _never_renewed(stack: Deployed, user: str) -> bool:
    """Tell whether the only key of ours is the first, which has none before it."""
    for _, _, properties in stack.of(CustomType.ACCESS_KEY):
        if properties.get("User") == user:
            return str(properties.get("Version")) == "1" and not _is_scheduled(stack, properties)
    return False


def _is_scheduled(stack: Deployed, key: Template) -> bool:
    schedules = stack.of("AWS::SecretsManager::RotationSchedule")
    return any(schedule.get("SecretId") == key.get("Secret") for _, _, schedule in schedules)


def of_group(stack: Deployed, name: str, properties: Template) -> Found:
    """Yield policies and members of a group that nobody declared."""
    yield from _policies(stack, "group", name, properties)
    declared = {user for _, user, said in stack.of(USER) if name in said.get("Groups", ())}
    for _, _, added in stack.of(ADDITION):
        declared |= {*added.get("Users", ())} if added["GroupName"] == name else set()
    for page in stack.iam.get_paginator("get_group").paginate(GroupName=name):
        for user in page["Users"]:
            if user["UserName"] not in declared:
                yield "has a member that nobody declared", user["UserName"]


def of_role(stack: Deployed, name: str, properties: Template) -> Found:
    """Yield policies of a role that nobody declared."""
    yield from _policies(stack, "role", name, properties)


def _policies(stack: Deployed, kind: str, name: str, properties: Template) -> Found:
    """Yield the policies of a principal that no resource of the stack gave it."""
    iam, named = stack.iam, {f"{kind.capitalize()}Name": name}
    attached, inline = _declared_policies(stack, kind.capitalize(), name, properties)
    for policy in getattr(iam, f"list_attached_{kind}_policies")(**named)["AttachedPolicies"]:
        if policy["PolicyArn"] not in attached and not _is_function(properties):
            yield "has a policy attached that nobody declared", policy["PolicyArn"]
    for policy_name in getattr(iam, f"list_{kind}_policies")(**named)["PolicyNames"]:
        if policy_name not in inline:
            yield "has an inline policy that nobody declared", policy_name
    for policy_name, document in _unreadable(stack, kind.capitalize(), name).items():
        found = getattr(iam, f"get_{kind}_policy")(**named, PolicyName=policy_name)
        for statement in undeclared(found["PolicyDocument"], [document]):
            yield f"policy {policy_name} has a statement that nobody declared", statement


def _unreadable(stack: Deployed, kind: str, name: str) -> dict[str, object]:
    """Return the inline policies of a principal that CloudFormation cannot read back, by name."""
    return {
        str(policy["PolicyName"]): policy["PolicyDocument"]
        for _, _, policy in stack.of("AWS::IAM::Policy")
        if name in policy.get(f"{kind}s", ())
    }


def _declared_policies(
    stack: Deployed, kind: str, name: str, properties: Template
) -> tuple[set[str], set[str]]:
    """Return the ARNs of those attached to a principal, and the names of its inline ones."""
    attached = {arn for arn in properties.get("ManagedPolicyArns", ()) if isinstance(arn, str)}
    inline = {policy["PolicyName"] for policy in properties.get("Policies", ())}
    for _, identifier, policy in stack.of(*ATTACHED):
        if name in policy.get(f"{kind}s", ()):
            attached.add(identifier)
    for _, _, policy in stack.of(*INLINE):
        if name in policy.get(f"{kind}s", ()) or name == policy.get(f"{kind}Name"):
            inline.add(str(policy["PolicyName"]))
    return attached, inline


def _is_function(properties: Template) -> bool:
    """Tell whether some attached policy is named by an expression, which cannot be compared."""
    return any(not isinstance(arn, str) for arn in properties.get("ManagedPolicyArns", ()))
