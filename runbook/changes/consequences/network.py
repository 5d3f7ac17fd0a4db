"""Networks: what cuts connections off, besides who may connect."""

from __future__ import annotations

from collections.abc import Mapping

from runbook.changes.consequences.model import Consequence, Kind, fewer, turned_off
from runbook.changes.parts import Danger

_GUIDE = "https://docs.aws.amazon.com/vpc/latest"
_NAMES = Consequence(
    "names are no longer resolved in the network: databases are not found",
    f"{_GUIDE}/userguide/AmazonDNS-concepts.html",
    danger=Danger.INTERRUPTS,
)
_BESIDE = Consequence(
    "what is behind {gone} no longer goes by it",
    f"{_GUIDE}/privatelink/gateway-endpoints.html",
    danger=Danger.INTERRUPTS,
)

_SUBNETS = Consequence(
    "RDS refuses it where a database is in {gone}; elsewhere, a standby has fewer zones to be in",
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    danger=Danger.INTERRUPTS,
)

KINDS: Mapping[str, Kind] = {
    "AWS::EC2::VPC": Kind(
        rules={
            "EnableDnsHostnames": turned_off(_NAMES),
            "EnableDnsSupport": turned_off(_NAMES, default=True),
        }
    ),
    "AWS::EC2::VPCEndpoint": Kind(rules={"RouteTableIds": fewer(_BESIDE)}),
    "AWS::RDS::DBSubnetGroup": Kind(rules={"SubnetIds": fewer(_SUBNETS)}),
}
