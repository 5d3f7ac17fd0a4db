"""The types `AWS::EC2::SecurityGroupIngress` and `AWS::EC2::SecurityGroupEgress`.

A rule of its own is the only way for two groups to name each other. It is put into the group's own
list, where `DescribeSecurityGroups` and `DescribeSecurityGroupRules` find it.
"""

from __future__ import annotations

import uuid
from typing import Any

from embedded.gaps._ministack import Created, Properties, provisioners, register, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A stack has security group rules of their own.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-ec2-securitygroupingress.html"
    ),
    ministack="It lacks both types.",
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


def install() -> None:
    """Register both types."""
    for resource_type, permissions in LISTS.items():
        _register(resource_type, permissions)


def _register(resource_type: str, permissions: str) -> None:
    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        rules, rule = _rules(properties, permissions), _rule(properties)
        if any(_same(rule, existing) for existing in rules):
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
        rules[:] = [existing for existing in rules if not _same(rule, existing)]

    register(resource_type, create, update, delete, replacing=REPLACING)


def _rules(properties: Properties, permissions: str) -> list[Any]:
    group = service("ec2")._security_groups.get(properties["GroupId"])
    if group is None:
        raise ValueError(f"The security group '{properties['GroupId']}' does not exist")
    found: list[Any] = group.setdefault(permissions, [])
    return found


def _rule(properties: Properties) -> Any:
    return provisioners._ec2_sg_permissions([properties])[0]


def _same(one: Any, other: Any) -> bool:
    without_descriptions = service("ec2")._strip_descriptions
    return bool(without_descriptions(one) == without_descriptions(other))
