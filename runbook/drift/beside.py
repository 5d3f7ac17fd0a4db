"""What stands beside the declared, where CloudFormation does not look and attackers do.

Further policies, groups and keys of our users and roles, further ingress rules of our groups, and
further subscriptions to our topics: none of them changes a property that a template names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from runbook.changes.template.values import Template
from runbook.drift.change import Change, Sort
from runbook.drift.deployed import Deployed
from runbook.drift.missing import while_there
from settings.contract import CustomType

MOST_KEYS_OF_OURS = 2
"""A key and, while it is renewed, the one before."""
Found = Iterator[tuple[str, object]]
ATTACHED = ("AWS::IAM::ManagedPolicy",)
INLINE = ("AWS::IAM::Policy", "AWS::IAM::UserPolicy", "AWS::IAM::RolePolicy")


def found(stack: Deployed) -> Iterator[Change]:
    """Yield what somebody added to what the stack made."""
    for kind, (sort, look) in LOOKS.items():
        for place, identifier, properties in stack.of(kind):
            for what, now in while_there(look(stack, identifier, properties)):
                yield Change(
                    stack=stack.name,
                    region=stack.region,
                    place=place,
                    sort=sort,
                    what=what,
                    now=now,
                    reversible=False,
                )


def _of_user(stack: Deployed, name: str, properties: Template) -> Found:
    yield from _policies(stack, "user", name, properties)
    iam = stack.iam
    declared = {group for group in properties.get("Groups", ()) if isinstance(group, str)}
    declared |= _members(stack, name)
    for group in iam.list_groups_for_user(UserName=name)["Groups"]:
        if group["GroupName"] not in declared:
            yield "is in a group that nobody declared", group["GroupName"]
    keys = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    expected = 1 if _never_renewed(stack, name) else MOST_KEYS_OF_OURS
    if len(keys) > expected:
        yield "has an access key too many", [key["AccessKeyId"] for key in keys]


def _members(stack: Deployed, user: str) -> set[str]:
    return {
        properties["GroupName"]
        for _, _, properties in stack.of("AWS::IAM::UserToGroupAddition")
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


def _of_role(stack: Deployed, name: str, properties: Template) -> Found:
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


def _of_group(stack: Deployed, group: str, properties: Template) -> Found:
    """Yield rules beside those in the group, where the stack has rules of their own resource."""
    rules = [rule for _, _, rule in stack.of("AWS::EC2::SecurityGroupIngress")]
    declared = len(properties.get("SecurityGroupIngress", ()))
    declared += sum(group in (rule.get("GroupId"), _id(stack, rule)) for rule in rules)
    answer = stack.ec2.describe_security_groups(GroupIds=[group])
    actual = [
        {**_ports(permission), **source}
        for permission in answer["SecurityGroups"][0]["IpPermissions"]
        for source in (
            *permission.get("IpRanges", ()),
            *permission.get("Ipv6Ranges", ()),
            *permission.get("UserIdGroupPairs", ()),
            *permission.get("PrefixListIds", ()),
        )
    ]
    if len(actual) > declared and "SecurityGroupIngress" not in properties:
        yield "has ingress rules that nobody declared", actual


def _id(stack: Deployed, rule: Template) -> str:
    match rule.get("GroupId"):
        case {"Fn::GetAtt": [str(name), "GroupId"]}:
            return stack.ids.get(name, "")
    return ""


def _ports(permission: Mapping[str, object]) -> dict[str, object]:
    names = ("IpProtocol", "FromPort", "ToPort")
    return {name: permission[name] for name in names if name in permission}


def _of_topic(stack: Deployed, topic: str, properties: Template) -> Found:
    declared = {
        (subscription.get("Protocol"), subscription.get("Endpoint"))
        for _, _, subscription in stack.of("AWS::SNS::Subscription")
        if subscription.get("TopicArn") == topic
    }
    declared |= {
        (item.get("Protocol"), item.get("Endpoint")) for item in properties.get("Subscription", ())
    }
    pages = stack.sns.get_paginator("list_subscriptions_by_topic")
    for page in pages.paginate(TopicArn=topic):
        for item in page["Subscriptions"]:
            if (item["Protocol"], item["Endpoint"]) not in declared:
                yield "has a subscription that nobody declared", item["Endpoint"]


Look = Callable[[Deployed, str, Template], Found]
LOOKS: Mapping[str, tuple[Sort, Look]] = {
    "AWS::IAM::User": (Sort.ACCESS, _of_user),
    "AWS::IAM::Role": (Sort.ACCESS, _of_role),
    "AWS::EC2::SecurityGroup": (Sort.NETWORK, _of_group),
    "AWS::SNS::Topic": (Sort.MAIL, _of_topic),
}
"""What is looked at beside the properties of each type."""
