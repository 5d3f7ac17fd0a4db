"""The types `AWS::EC2::SecurityGroupIngress` and `AWS::EC2::SecurityGroupEgress`.

A rule of its own is the only way for two groups to name each other. It is put into the group's own
list, where `DescribeSecurityGroups` and `DescribeSecurityGroupRules` find it. EC2 lists rules of
one port together; each is changed by itself all the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from embedded.gaps._ministack import Created, Properties, provisioners, register, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A stack has security group rules of their own, and changes each rule of a group by "
        "itself, whichever were authorized in one call."
    ),
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-ec2-securitygroupingress.html"
    ),
    ministack="It lacks both types, and changes only rules that one call authorized alone.",
    effect=Effect.CAPABLE,
)

LISTS = {
    "AWS::EC2::SecurityGroupIngress": "IpPermissions",
    "AWS::EC2::SecurityGroupEgress": "IpPermissionsEgress",
}
# Everything but the description makes another rule.
REPLACING = (
    "GroupId",
    "GroupName",
    "IpProtocol",
    "FromPort",
    "ToPort",
    "CidrIp",
    "CidrIpv6",
    "SourcePrefixListId",
    "SourceSecurityGroupId",
    "DestinationPrefixListId",
    "DestinationSecurityGroupId",
)
PORTS = ("IpProtocol", "FromPort", "ToPort")
OTHERS = {
    "IpRanges": "CidrIp",
    "Ipv6Ranges": "CidrIpv6",
    "PrefixListIds": "PrefixListId",
    "UserIdGroupPairs": "GroupId",
}
"""What is at the other end of a rule, by the list of a permission that has it."""
Rules = list[dict[str, Any]]


def install() -> None:
    """Register both types, and have groups' own rules swapped one by one."""
    provisioners._ec2_sg_reconcile = _swap
    for resource_type, permissions in LISTS.items():
        _register(resource_type, permissions)


def _swap(found: Rules, old: Rules, new: Rules) -> None:
    """Put a template's new rules in place of its old ones. Rules from elsewhere stay."""
    if old != new:
        swapped = {_key(rule) for rule in _single((*old, *new))}
        found[:] = [rule for rule in _single(found) if _key(rule) not in swapped] + new


def _single(permissions: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield a permission for each source or destination."""
    for permission in permissions:
        ports = {name: permission[name] for name in PORTS if name in permission}
        for kind in OTHERS:
            for other in permission.get(kind, ()):
                yield {**ports, **{name: [] for name in OTHERS}, kind: [other]}


def _key(rule: dict[str, Any]) -> tuple[str, ...]:
    """What makes a rule another one: everything but its description."""
    others = (str(other.get(key)) for kind, key in OTHERS.items() for other in rule[kind])
    return (*(str(rule.get(name)) for name in PORTS), *others)


def _register(resource_type: str, permissions: str) -> None:
    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        rules, rule = _rules(properties, permissions), _rule(properties)
        if any(_key(rule) == _key(existing) for existing in rules):
            raise ValueError(f"the specified rule already exists in {properties['GroupId']}")
        rules.append(rule)
        identifier = f"sgr-{uuid.uuid4().hex[:17]}"
        return identifier, {"Id": identifier}

    def update(identifier: str, old: Properties, new: Properties, stack: str) -> Created:
        delete(identifier, old)
        _rules(new, permissions).append(_rule(new))
        return identifier, {"Id": identifier}

    def delete(identifier: str, properties: Properties) -> None:
        rule, rules = _rule(properties), _rules(properties, permissions)
        rules[:] = [existing for existing in rules if _key(rule) != _key(existing)]

    register(resource_type, create, update, delete, replacing=REPLACING)


def _rules(properties: Properties, permissions: str) -> Rules:
    group = service("ec2")._security_groups.get(properties["GroupId"])
    if group is None:
        raise ValueError(f"The security group '{properties['GroupId']}' does not exist")
    found: Rules = group.setdefault(permissions, [])
    found[:] = _single(found)
    return found


def _rule(properties: Properties) -> Any:
    return provisioners._ec2_sg_permissions([properties])[0]
