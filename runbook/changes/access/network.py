"""Who may connect to what: rules of security groups, what is put behind them, and public addresses.

<https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from runbook.changes.access.addresses import (
    collapsed,
    contains,
    covers,
    is_wide,
    network_of,
    shortest,
)
from runbook.changes.access.identities import reference
from runbook.changes.consequences.model import is_on, number
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import CLOSE, COMPUTED, Template, bare

_SOURCES = (
    "CidrIp",
    "CidrIpv6",
    "SourceSecurityGroupId",
    "SourceSecurityGroupName",
    "SourcePrefixListId",
    "DestinationSecurityGroupId",
    "DestinationPrefixListId",
)
_GROUPS: Mapping[str, str] = {
    "AWS::EC2::Instance": "SecurityGroupIds",
    "AWS::RDS::DBCluster": "VpcSecurityGroupIds",
    "AWS::RDS::DBInstance": "VPCSecurityGroups",
    "AWS::RDS::DBProxy": "VpcSecurityGroupIds",
    "AWS::RDS::DBProxyEndpoint": "VpcSecurityGroupIds",
}
"""What is put behind security groups, and the property that names them."""

_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
_GATEWAYS = (
    "CarrierGatewayId",
    "CoreNetworkArn",
    "EgressOnlyInternetGatewayId",
    "GatewayId",
    "InstanceId",
    "LocalGatewayId",
    "NatGatewayId",
    "NetworkInterfaceId",
    "TransitGatewayId",
    "VpcEndpointId",
    "VpcPeeringConnectionId",
)
"""Where a route may lead to."""
_PROTOCOLS: Mapping[str, str] = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
GROUP_ID = f".GroupId{CLOSE}"
ALL_PORTS = (0, 65_535)
_ANYBODY = f"{COMPUTED}anybody{CLOSE}"
_ADDRESSES = ("AssignIpv6AddressOnCreation", "MapPublicIpOnLaunch")
"""What gives an address of the internet to all that starts in a subnet: each of IPv6 is one."""
NOBODY = "255.255.255.255/32"
"""The broadcast address. A VPC has no broadcasts: a rule to it stands for "no connection".

<https://aws.amazon.com/vpc/faqs/#Topology_and_Subnets>
"""


@dataclass(frozen=True)
class Connection:
    """That a source may reach, or be reached from, something."""

    source: str
    """A network in its shortest form, a reference, or words."""
    on: str
    words: str = ""
    """What may be done, where it is no protocol and ports."""
    protocol: str = ""
    ports: tuple[float, float] = ALL_PORTS
    outbound: bool = False

    def covers(self, other: Connection) -> bool:
        """Tell whether whatever the other one admits is admitted by this one."""
        return (
            (self.on, self.words, self.outbound) == (other.on, other.words, other.outbound)
            and self.protocol in ("-1", other.protocol)
            and self.ports[0] <= other.ports[0]
            and other.ports[1] <= self.ports[1]
            and covers(self.source, other.source)
        )


def compare(
    before: Iterable[Connection], after: Iterable[Connection]
) -> tuple[list[Connection], list[Connection]]:
    """Return the connections that begin, and those that end."""
    old, new = [*dict.fromkeys(before)], [*dict.fromkeys(after)]
    return (
        [one for one in new if not any(other.covers(one) for other in old)],
        [one for one in old if not any(other.covers(one) for other in new)],
    )


def connections(version: Reading) -> Iterator[Connection]:
    """Yield every connection that a template admits."""
    yield from (one for one in _admitted(version) if one.source != NOBODY)


def _admitted(version: Reading) -> Iterator[Connection]:
    for logical_id, resource in version.resources.items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        own = reference(logical_id)
        match kind:
            case "AWS::EC2::SecurityGroup":
                yield from _group(own, properties)
            case "AWS::EC2::SecurityGroupIngress":
                yield from _rule(properties, _group_of(properties.get("GroupId")))
            case "AWS::EC2::SecurityGroupEgress":
                yield from _rule(properties, _group_of(properties.get("GroupId")), outbound=True)
            case "AWS::EC2::NetworkAclEntry" if properties.get("RuleAction") == "allow":
                outbound = is_on(properties.get("Egress"))
                source = properties.get("CidrBlock", properties.get("Ipv6CidrBlock"))
                rule = f"rule {properties.get('RuleNumber')}"
                words = f"pass by {rule}, protocol {properties.get('Protocol')}"
                yield Connection(shortest(source), own, words, outbound=outbound)
        yield from _behind(kind, own, properties)
        yield from _public(kind, own, properties)


def open_to_everybody(versions: Iterable[Connection]) -> set[Connection]:
    """Return the connections whose sources together are a large part of the internet."""
    inbound = [one for one in versions if not one.outbound]
    found = {one for one in inbound if one.source == "the internet" and one.protocol == ""}
    together: dict[object, list[Connection]] = defaultdict(list)
    for one in inbound:
        together[one.on, one.protocol, one.ports].append(one)
    for same in together.values():
        found |= _within_wide(same)
    behind = {f"whoever {one.on} admits" for one in found}
    return found | {one for one in inbound if one.source in behind}


def _within_wide(same: Collection[Connection]) -> set[Connection]:
    """Return those of one port whose sources, taken together, make up a network that is wide."""
    wide = [network for network in collapsed(one.source for one in same) if is_wide(network)]
    sources = {one: network_of(one.source) for one in same}
    return {
        one for one, own in sources.items() if own and any(contains(each, own) for each in wide)
    }


def _group(own: str, properties: Template) -> Iterator[Connection]:
    for rule in _listed(properties.get("SecurityGroupIngress")):
        yield from _rule(rule, own)
    if "SecurityGroupEgress" not in properties:
        # Without a rule of its own, a group lets everything out.
        yield Connection("0.0.0.0/0", own, protocol="-1", outbound=True)
    for rule in _listed(properties.get("SecurityGroupEgress")):
        yield from _rule(rule, own, outbound=True)


def _rule(rule: JsonValue, on: str, *, outbound: bool = False) -> Iterator[Connection]:
    """Read a rule, for each of its sources. One that is no mapping admits what nobody can tell."""
    if not isinstance(rule, dict):
        yield Connection(_ANYBODY, on, "connect", outbound=outbound)
        return
    protocol = str(rule.get("IpProtocol", f"{COMPUTED}any protocol{CLOSE}")).lower()
    protocol = _PROTOCOLS.get(protocol, protocol)
    first, last = number(rule.get("FromPort"), 0), number(rule.get("ToPort"), ALL_PORTS[1])
    if first is None or last is None:
        asked = bare(f"ports {rule.get('FromPort')} to {rule.get('ToPort')}")
        protocol += f" {COMPUTED}{asked}{CLOSE}"
        first, last = ALL_PORTS
    ports = ALL_PORTS if protocol == "-1" else (first, last)
    for source in [rule[key] for key in _SOURCES if key in rule] or [_ANYBODY]:
        yield Connection(
            _group_of(shortest(source)), on, protocol=protocol, ports=ports, outbound=outbound
        )


def _group_of(value: JsonValue) -> str:
    """Name a group alike, whether a template has its Ref or its GroupId: both are its id."""
    text = str(value)
    return text.removesuffix(GROUP_ID) + CLOSE if text.endswith(GROUP_ID) else text


def _behind(kind: str, own: str, properties: Template) -> Iterator[Connection]:
    for group in _listed(properties.get(_GROUPS.get(kind, ""))):
        yield Connection(f"whoever {_group_of(group)} admits", own, "connect")
    for card in _listed(properties.get("NetworkInterfaces")):
        groups = card.get("GroupSet") if isinstance(card, dict) else None
        for group in _listed(groups):
            yield Connection(f"whoever {_group_of(group)} admits", own, "connect")


def _public(kind: str, own: str, properties: Template) -> Iterator[Connection]:
    """Yield what gives something an address that the whole internet can reach."""
    internet = Connection("the internet", own, "reach a public address")
    match kind:
        # Without a word, the subnets decide: <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
        case "AWS::RDS::DBInstance" if is_on(properties.get("PubliclyAccessible"), True):
            yield internet
        case "AWS::RDS::DBCluster" if is_on(properties.get("PubliclyAccessible")):
            yield internet
        case "AWS::EC2::Subnet" if any(is_on(properties.get(key)) for key in _ADDRESSES):
            words = "reach public addresses of what starts in it"
            yield Connection("the internet", own, words, "-1")
        case "AWS::EC2::Route":
            yield from _route(own, properties)
        case "AWS::EC2::SubnetRouteTableAssociation":
            subnet, table = (str(properties.get(key)) for key in ("SubnetId", "RouteTableId"))
            yield Connection(f"whatever {table} leads to", subnet, "be reached by its routes")
    for card in _listed(properties.get("NetworkInterfaces")):
        if isinstance(card, dict) and is_on(card.get("AssociatePublicIpAddress")):
            yield Connection("the internet", own, "reach a public address", "-1")


def _route(own: str, properties: Template) -> Iterator[Connection]:
    blocks = (properties.get(key) for key in _DESTINATIONS if key in properties)
    block = next(blocks, "everything")
    for gateway in (properties[key] for key in _GATEWAYS if key in properties):
        yield Connection(f"{gateway} ({block})", own, "be reached by the route")


def _listed(value: JsonValue) -> list[JsonValue]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
