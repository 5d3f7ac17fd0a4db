"""Networks: VPCs and what lies in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from embedded.readers.reader import (
    Clients,
    NotFoundError,
    Properties,
    Reader,
    first,
    pages,
    picked,
    tags,
)

Find = Callable[[Clients], Iterator[tuple[str, ...]]]


def _each(operation: str, key: str, name: str) -> Find:
    """Find resources that EC2 describes under their own id."""

    def find(clients: Clients) -> Iterator[tuple[str, ...]]:
        for item in pages(clients("ec2"), operation, key):
            yield (item[name],)

    return find


def _vpc(clients: Clients, vpc: str) -> Properties:
    ec2 = clients("ec2")
    found = first(ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"])
    return {
        **picked(found, "CidrBlock", "InstanceTenancy"),
        "EnableDnsHostnames": _attribute(ec2, vpc, "EnableDnsHostnames"),
        "EnableDnsSupport": _attribute(ec2, vpc, "EnableDnsSupport"),
        "Tags": tags(found.get("Tags")),
    }


def _attribute(ec2: Any, vpc: str, name: str) -> bool:
    asked = name[0].lower() + name[1:]
    answer = ec2.describe_vpc_attribute(VpcId=vpc, Attribute=asked)
    return bool(answer[name]["Value"])


def _subnet(clients: Clients, subnet: str) -> Properties:
    found = first(clients("ec2").describe_subnets(SubnetIds=[subnet])["Subnets"])
    return {
        **picked(found, "VpcId", "CidrBlock", "AvailabilityZone", "MapPublicIpOnLaunch"),
        "Tags": tags(found.get("Tags")),
    }


def _gateway(clients: Clients, gateway: str) -> Properties:
    ec2 = clients("ec2")
    found = first(ec2.describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"])
    return {"InternetGatewayId": gateway, "Tags": tags(found.get("Tags"))}


def _attachments(clients: Clients) -> Iterator[tuple[str, ...]]:
    for gateway in pages(clients("ec2"), "describe_internet_gateways", "InternetGateways"):
        for attachment in gateway["Attachments"]:
            yield ("IGW", attachment["VpcId"])


def _attachment(clients: Clients, kind: str, vpc: str) -> Properties:
    """`kind` is IGW: nothing here makes VPN gateways."""
    # CloudFormation keeps `IGW|vpc-…` as the physical id.
    vpc = vpc.rpartition("|")[2]
    gateways = clients("ec2").describe_internet_gateways(
        Filters=[{"Name": "attachment.vpc-id", "Values": [vpc]}]
    )
    found = first(gateways["InternetGateways"])
    return {"VpcId": vpc, "InternetGatewayId": found["InternetGatewayId"]}


def _route_table(clients: Clients, table: str) -> Properties:
    found = first(clients("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"])
    return {"VpcId": found["VpcId"], "Tags": tags(found.get("Tags"))}


def _routes(clients: Clients) -> Iterator[tuple[str, ...]]:
    for table in pages(clients("ec2"), "describe_route_tables", "RouteTables"):
        for route in table["Routes"]:
            if route.get("GatewayId") != "local":
                block = route.get("DestinationCidrBlock") or route["DestinationIpv6CidrBlock"]
                yield (table["RouteTableId"], block)


def _route(clients: Clients, table: str, block: str) -> Properties:
    # CloudFormation keeps `rtb-…|0.0.0.0/0` as the physical id.
    block = block.rpartition("|")[2]
    found = first(clients("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"])
    names = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")
    route = first(item for item in found["Routes"] if block in (item.get(name) for name in names))
    return {
        "RouteTableId": table,
        **picked(route, *names, "GatewayId", "NatGatewayId", "VpcPeeringConnectionId"),
    }


def _associations(clients: Clients) -> Iterator[tuple[str, ...]]:
    for table in pages(clients("ec2"), "describe_route_tables", "RouteTables"):
        for association in table["Associations"]:
            if association.get("SubnetId"):
                yield (association["RouteTableAssociationId"],)


def _association(clients: Clients, identifier: str) -> Properties:
    for table in pages(clients("ec2"), "describe_route_tables", "RouteTables"):
        for association in table["Associations"]:
            if association["RouteTableAssociationId"] == identifier:
                return {"RouteTableId": table["RouteTableId"], **picked(association, "SubnetId")}
    raise NotFoundError


def _group(clients: Clients, group: str) -> Properties:
    found = first(clients("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"])
    return {
        **picked(found, "GroupName", "VpcId"),
        "GroupDescription": found["Description"],
        "SecurityGroupIngress": list(_rules(found["IpPermissions"], "Source")) or None,
        "SecurityGroupEgress": list(_rules(found["IpPermissionsEgress"], "Destination")) or None,
        "Tags": tags(found.get("Tags")),
    }


def _group_id(clients: Clients, group: str) -> Properties:
    return {"GroupId": group, **picked(_group(clients, group), "VpcId")}


def _rules(permissions: list[Any], side: str) -> Iterator[Properties]:
    """Yield one rule for each block or group: EC2 puts those of one port together."""
    for permission in permissions:
        ports = picked(permission, "IpProtocol", "FromPort", "ToPort")
        for entry in permission.get("IpRanges", ()):
            yield {**ports, "CidrIp": entry["CidrIp"], **picked(entry, "Description")}
        for entry in permission.get("Ipv6Ranges", ()):
            yield {**ports, "CidrIpv6": entry["CidrIpv6"], **picked(entry, "Description")}
        for entry in permission.get("UserIdGroupPairs", ()):
            yield {
                **ports,
                f"{side}SecurityGroupId": entry["GroupId"],
                **picked(entry, "Description"),
            }


def _flow_log(clients: Clients, identifier: str) -> Properties:
    found = first(clients("ec2").describe_flow_logs(FlowLogIds=[identifier])["FlowLogs"])
    return {
        **picked(
            found,
            "ResourceId",
            "TrafficType",
            "LogDestinationType",
            "LogDestination",
        ),
        "ResourceType": "VPC",
        "Tags": tags(found.get("Tags")),
    }


READERS = {
    "AWS::EC2::VPC": Reader(
        ("VpcId",),
        frozenset(
            {"CidrBlock", "InstanceTenancy", "EnableDnsHostnames", "EnableDnsSupport", "Tags"}
        ),
        _each("describe_vpcs", "Vpcs", "VpcId"),
        _vpc,
    ),
    "AWS::EC2::Subnet": Reader(
        ("SubnetId",),
        frozenset({"VpcId", "CidrBlock", "AvailabilityZone", "MapPublicIpOnLaunch", "Tags"}),
        _each("describe_subnets", "Subnets", "SubnetId"),
        _subnet,
    ),
    "AWS::EC2::InternetGateway": Reader(
        ("InternetGatewayId",),
        frozenset({"InternetGatewayId", "Tags"}),
        _each("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
        _gateway,
    ),
    "AWS::EC2::VPCGatewayAttachment": Reader(
        ("AttachmentType", "VpcId"),
        frozenset({"VpcId", "InternetGatewayId"}),
        _attachments,
        _attachment,
        joined=True,
    ),
    "AWS::EC2::RouteTable": Reader(
        ("RouteTableId",),
        frozenset({"VpcId", "Tags"}),
        _each("describe_route_tables", "RouteTables", "RouteTableId"),
        _route_table,
    ),
    "AWS::EC2::Route": Reader(
        ("RouteTableId", "CidrBlock"),
        frozenset(
            {
                "RouteTableId",
                "DestinationCidrBlock",
                "DestinationIpv6CidrBlock",
                "GatewayId",
                "NatGatewayId",
                "VpcPeeringConnectionId",
            }
        ),
        _routes,
        _route,
        joined=True,
    ),
    "AWS::EC2::SubnetRouteTableAssociation": Reader(
        ("Id",), frozenset({"RouteTableId", "SubnetId"}), _associations, _association
    ),
    "AWS::EC2::SecurityGroup": Reader(
        ("Id",),
        frozenset(
            {
                "GroupName",
                "GroupDescription",
                "VpcId",
                "SecurityGroupIngress",
                "SecurityGroupEgress",
                "Tags",
            }
        ),
        _each("describe_security_groups", "SecurityGroups", "GroupId"),
        _group,
        _group_id,
    ),
    "AWS::EC2::FlowLog": Reader(
        ("Id",),
        frozenset(
            {
                "ResourceId",
                "ResourceType",
                "TrafficType",
                "LogDestinationType",
                "LogDestination",
                "Tags",
            }
        ),
        _each("describe_flow_logs", "FlowLogs", "FlowLogId"),
        _flow_log,
    ),
}
