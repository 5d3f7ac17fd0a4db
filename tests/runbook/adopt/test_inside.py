"""What a network has besides, which no file can say."""

from __future__ import annotations

from typing import Any

from runbook.adopt import inside
from runbook.adopt.account import Account
from runbook.adopt.item import Live

FOUND = {
    "describe_nat_gateways": {
        "NatGateways": [
            {"NatGatewayId": "nat-1", "State": "available"},
            {"NatGatewayId": "nat-0", "State": "deleted"},
        ]
    },
    "describe_vpc_endpoints": {"VpcEndpoints": [{"VpcEndpointId": "vpce-1"}]},
    "describe_network_acls": {
        "NetworkAcls": [
            {"NetworkAclId": "acl-0", "IsDefault": True},
            {"NetworkAclId": "acl-1", "IsDefault": False},
        ]
    },
}
PEERED = [{"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"}}]


class Ec2:
    """A VPC that asked another one to be its peer."""

    class meta:  # noqa: N801 - boto3's
        partition = "aws"

    def get_paginator(self, operation: str) -> Any:
        self.operation = operation
        return self

    def paginate(self, **filters: Any) -> Any:
        ((condition,),) = filters.values()
        assert condition["Values"] == ["vpc-1"]
        asked = condition["Name"] == "requester-vpc-info.vpc-id"
        return [FOUND.get(self.operation, {"VpcPeeringConnections": PEERED if asked else []})]


def test_what_a_network_has_besides_is_named_by_its_arn() -> None:
    account: Any = Account("us-east-1", "123456789012")
    account.client = lambda _: Ec2()
    found = [*inside.remarks(account, Live("AWS::EC2::VPC", "vpc-1", {}), "main")]
    assert [remark.subject.partition(" of main (")[0] for remark in found] == [
        "NAT gateway nat-1",
        "VPC endpoint vpce-1",
        "network ACL acl-1",
        "peering connection pcx-1",
    ]
    assert "arn:aws:ec2:us-east-1:123456789012:natgateway/nat-1" in found[0].subject
