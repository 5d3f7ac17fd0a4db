"""What a network of the file has besides, and no file can say: named, and left alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from runbook.adopt.account import Account
from runbook.adopt.item import Live, Remark

STAYS = "the file cannot say it: it stays as it is"


class Kind(NamedTuple):
    """One of EC2's lists of what belongs to a VPC."""

    called: str
    ask: str
    listed: str
    identifier: str
    arn: str
    filter: str = "vpc-id"
    filters: str = "Filters"


KINDS = (
    Kind(
        "NAT gateway",
        "describe_nat_gateways",
        "NatGateways",
        "NatGatewayId",
        "natgateway",
        filters="Filter",
    ),
    Kind("VPC endpoint", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", "vpc-endpoint"),
    Kind("network ACL", "describe_network_acls", "NetworkAcls", "NetworkAclId", "network-acl"),
    *(
        Kind(
            "peering connection",
            "describe_vpc_peering_connections",
            "VpcPeeringConnections",
            "VpcPeeringConnectionId",
            "vpc-peering-connection",
            f"{side}-vpc-info.vpc-id",
        )
        for side in ("requester", "accepter")
    ),
)
GONE = ("deleted", "deleting", "failed", "rejected", "expired")


def remarks(account: Account, vpc: Live, name: str) -> Iterator[Remark]:
    """Yield a remark for each, but for the network ACL that a VPC came with."""
    client: Any = account.client("ec2")
    for kind in KINDS:
        filters = [{"Name": kind.filter, "Values": [vpc.identifier]}]
        for page in client.get_paginator(kind.ask).paginate(**{kind.filters: filters}):
            for found in page[kind.listed]:
                if not found.get("IsDefault") and _state(found) not in GONE:
                    arn = account.arn("ec2", f"{kind.arn}/{found[kind.identifier]}")
                    yield Remark(f"{kind.called} {found[kind.identifier]} of {name} ({arn})", STAYS)


def _state(found: dict[str, Any]) -> str:
    state = found.get("State") or found.get("Status") or ""
    return str(state.get("Code", "") if isinstance(state, dict) else state).lower()
