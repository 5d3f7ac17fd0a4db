"""Every way to a database that a template opens: from address blocks, and from machines.

Read from the template alone, without the constructs that wrote it. What could open or close a way
and is not understood here (a network ACL, a peering, a prefix list) fails instead of being skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

PORT = 5432
UNREAD = (
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::PrefixList",
    "AWS::EC2::TransitGatewayAttachment",
    "AWS::EC2::VPCPeeringConnection",
    "AWS::EC2::VPNGateway",
)
Network = IPv4Network | IPv6Network


def reference(value: Any) -> str:
    """The logical id that a `Ref` or an `Fn::GetAtt` names."""
    if "Ref" in value:
        return str(value["Ref"])
    return str(value["Fn::GetAtt"][0])


@dataclass(frozen=True)
class Rule:
    """An ingress or egress rule of a group: the group or the block at its other end."""

    group: str
    other: str | Network


class Reachability:
    """The network of one template."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self.resources: Mapping[str, Any] = template["Resources"]
        unread = [name for name, each in self.resources.items() if each["Type"] in UNREAD]
        assert not unread, f"nobody knows what these open: {unread}"
        self.ingress = [*self._rules("Ingress")]
        self.egress = [*self._rules("Egress")]

    def of(self, kind: str) -> dict[str, Any]:
        return {
            name: each.get("Properties", {})
            for name, each in self.resources.items()
            if each["Type"] == f"AWS::{kind}"
        }

    def databases(self) -> dict[str, str]:
        """Instances, clusters, and a proxy's endpoints: logical ids by their identifiers.

        The default endpoint of a proxy, which leads to the writer, is `NAME:proxy`.
        """
        instances = self.of("RDS::DBInstance").items()
        return {
            **{
                each["DBInstanceIdentifier"]: name
                for name, each in instances
                if "DBClusterIdentifier" not in each
            },
            **{
                each["DBClusterIdentifier"]: name
                for name, each in self.of("RDS::DBCluster").items()
            },
            **{
                f"{each['DBProxyName']}:proxy": name
                for name, each in self.of("RDS::DBProxy").items()
            },
            **{
                each["DBProxyEndpointName"]: name
                for name, each in self.of("RDS::DBProxyEndpoint").items()
            },
        }

    def machines(self) -> dict[str, str]:
        """EC2 instances: logical ids by their names."""
        return {each["Tags"][0]["Value"]: name for name, each in self.of("EC2::Instance").items()}

    def admits(self, block: str, database: str) -> bool:
        """Tell whether a rule lets any address of a block connect."""
        network = ip_network(block)
        return any(
            not isinstance(rule.other, str) and _meet(rule.other, network)
            for rule in self.ingress
            if rule.group in self._groups(database)
        )

    def routes_from_internet(self, database: str) -> bool:
        """Tell whether packets from outside of the network find the way."""
        properties = self.resources[self.databases()[database]]["Properties"]
        if not properties.get("PubliclyAccessible"):
            return False
        group = self.resources[reference(properties["DBSubnetGroupName"])]["Properties"]
        subnets = {reference(subnet) for subnet in group["SubnetIds"]}
        return bool(subnets & self._open_subnets())

    def has_open_subnet(self, database: str) -> bool:
        """Tell whether a subnet that it can be in has a route to the internet."""
        properties = self.resources[self.databases()[database]]["Properties"]
        named = properties.get("DBSubnetGroupName")
        group = self.resources[reference(named)]["Properties"] if named else None
        subnets = group["SubnetIds"] if group else properties["VpcSubnetIds"]
        return bool({reference(subnet) for subnet in subnets} & self._open_subnets())

    def leads_to(self, endpoint: str) -> tuple[str, str]:
        """The cluster behind an endpoint of a proxy, and the role of the instances it leads to."""
        proxy = self.resources[self.databases()[endpoint]]["Properties"]
        (found,) = (
            each["Properties"]["Cluster"]
            for each in self.resources.values()
            if each["Type"] == "Custom::DBProxyTargets"
            and each["Properties"]["Proxy"] == proxy["DBProxyName"]
        )
        return found, proxy["TargetRole"]

    def reaches(self, machine: str, database: str) -> bool:
        """Tell whether a machine, or a proxy, may open a connection, and the database takes it."""
        own = self._groups(machine) if machine in self.databases() else self._of_machine(machine)
        theirs = self._groups(database)
        out = {rule.other for rule in self.egress if rule.group in own} & theirs
        into = {rule.other for rule in self.ingress if rule.group in theirs} & own
        inside = any(
            not isinstance(rule.other, str) and any(_meet(rule.other, n) for n in self._vpcs())
            for rule in self.ingress
            if rule.group in theirs
        )
        return bool(out) and (bool(into) or inside)

    def _of_machine(self, machine: str) -> set[str]:
        cards = self.resources[self.machines()[machine]]["Properties"]["NetworkInterfaces"]
        return {reference(group) for card in cards for group in card["GroupSet"]}

    def _vpcs(self) -> list[Network]:
        return [ip_network(each["CidrBlock"]) for each in self.of("EC2::VPC").values()]

    def _groups(self, database: str) -> set[str]:
        properties = self.resources[self.databases()[database]]["Properties"]
        groups = properties.get("VPCSecurityGroups") or properties.get("VpcSecurityGroupIds")
        return {reference(group) for group in groups}

    def _open_subnets(self) -> set[str]:
        tables = {reference(route["RouteTableId"]) for route in self.of("EC2::Route").values()}
        associations = self.of("EC2::SubnetRouteTableAssociation").values()
        return {
            reference(each["SubnetId"])
            for each in associations
            if reference(each["RouteTableId"]) in tables
        }

    def _rules(self, direction: str) -> Iterator[Rule]:
        for name, group in self.of("EC2::SecurityGroup").items():
            assert f"SecurityGroup{direction}" in group, f"{name} has EC2's own rule for everything"
            for rule in group[f"SecurityGroup{direction}"]:
                yield from _rule(name, rule)
        for rule in self.of(f"EC2::SecurityGroup{direction}").values():
            yield from _rule(reference(rule["GroupId"]), rule)


def _rule(group: str, rule: Mapping[str, Any]) -> Iterator[Rule]:
    if rule["IpProtocol"] == "icmp":
        return
    if rule["IpProtocol"] != "-1" and not rule["FromPort"] <= PORT <= rule["ToPort"]:
        return
    for key in ("CidrIp", "CidrIpv6"):
        if key in rule:
            yield Rule(group, ip_network(rule[key]))
    for key in ("SourceSecurityGroupId", "DestinationSecurityGroupId"):
        if key in rule:
            yield Rule(group, reference(rule[key]))
    assert not {key for key in rule if key.endswith("PrefixListId")}


def _meet(one: Network, other: Network) -> bool:
    return one.version == other.version and one.overlaps(other)
