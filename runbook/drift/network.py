"""Who may connect beside the declared: further rules of groups, further routes of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from runbook.changes.template.values import Template
from runbook.drift.deployed import Deployed

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import IpPermissionOutputTypeDef

Found = Iterator[tuple[str, object]]
EVERYWHERE = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
"""The rule with which every group begins: whatever is in it may connect to anything."""
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


def of_group(stack: Deployed, group: str, properties: Template) -> Found:
    """Yield rules beside those of their own resources. A group's own, CloudFormation compares.

    It does not compare an empty list of rules:
    <https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2091>
    """
    answer = stack.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    sides = {"Ingress": answer["IpPermissions"], "Egress": answer["IpPermissionsEgress"]}
    for side, permissions in sides.items():
        rules = [rule for _, _, rule in stack.of(f"AWS::EC2::SecurityGroup{side}")]
        declared = sum(group in (rule.get("GroupId"), _id(stack, rule)) for rule in rules)
        actual = [rule for rule in _rules(permissions) if side == "Ingress" or rule != EVERYWHERE]
        if len(actual) > declared and not properties.get(f"SecurityGroup{side}"):
            yield f"has {side.lower()} rules that nobody declared", actual


def _rules(permissions: Sequence[IpPermissionOutputTypeDef]) -> Iterator[dict[str, object]]:
    """Yield a rule for each source or destination, as templates have them."""
    for permission in permissions:
        for other in (
            *permission.get("IpRanges", ()),
            *permission.get("Ipv6Ranges", ()),
            *permission.get("UserIdGroupPairs", ()),
            *permission.get("PrefixListIds", ()),
        ):
            yield {**_ports(permission), **other}


def _id(stack: Deployed, rule: Template) -> str:
    match rule.get("GroupId"):
        case {"Fn::GetAtt": [str(name), "GroupId"]}:
            return stack.ids.get(name, "")
    return ""


def _ports(permission: Mapping[str, object]) -> dict[str, object]:
    names = ("IpProtocol", "FromPort", "ToPort")
    return {name: permission[name] for name in names if name in permission}


def of_route_table(stack: Deployed, table: str, properties: Template) -> Found:
    """Yield routes that lead elsewhere. EC2 makes those within the network with the table."""
    declared = {
        said.get(name)
        for _, _, said in stack.of("AWS::EC2::Route")
        for name in DESTINATIONS
        if said.get("RouteTableId") == table
    }
    (found,) = stack.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    for route in found["Routes"]:
        leads = {name: value for name, value in route.items() if name not in ("Origin", "State")}
        made = route.get("Origin") == "CreateRouteTable"
        if not made and not declared & {leads.get(name) for name in DESTINATIONS} - {None}:
            yield "has a route that nobody declared", leads
