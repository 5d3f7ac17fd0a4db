"""IPv6 in a VPC: `AWS::EC2::VPCCidrBlock`, `AWS::EC2::EgressOnlyInternetGateway`, subnets' blocks.

ministack models no IPv6 block at all. A template reads a VPC's blocks from the VPC's attribute
`Ipv6CidrBlocks` although another resource adds them; so the attribute is the VPC's own, live list.
"""

from __future__ import annotations

import uuid
from typing import Any

from embedded.gaps._ministack import (
    HANDLERS,
    Created,
    Properties,
    call,
    element,
    provisioners,
    register,
    service,
)

BLOCK = "AWS::EC2::VPCCidrBlock"
GATEWAY = "AWS::EC2::EgressOnlyInternetGateway"
VPC = "AWS::EC2::VPC"
SUBNET = "AWS::EC2::Subnet"


def install() -> None:
    """Register both types, and let VPCs and subnets have and show IPv6 blocks."""
    register(BLOCK, _create_block, _keep_block, _delete_block, replacing=("VpcId", "CidrBlock"))
    register(GATEWAY, _create_gateway, _keep_gateway, _delete_gateway, replacing=("VpcId",))
    _wrap(VPC, _vpc_attributes)
    _wrap(SUBNET, _subnet_attributes)
    _show("_vpc_fields_xml")
    _show("_subnet_fields_xml")


def _wrap(resource_type: str, attributes: Any) -> None:
    pristine = dict(HANDLERS[resource_type])

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        identifier, given = pristine["create"](logical_id, properties, stack)
        return identifier, given | attributes(identifier, properties)

    def update(
        identifier: str, old: Properties, new: Properties, stack: str, logical_id: str
    ) -> Created:
        same, given = pristine["update"](identifier, old, new, stack, logical_id)
        return same, given | attributes(same, new)

    HANDLERS[resource_type] = {**pristine, "create": create, "update": update}


def _vpc_attributes(identifier: str, properties: Properties) -> dict[str, Any]:
    vpc = service("ec2")._vpcs[identifier]
    return {
        "CidrBlock": vpc["CidrBlock"],
        "CidrBlockAssociations": [f"vpc-cidr-assoc-{identifier[4:]}"],
        "Ipv6CidrBlocks": vpc.setdefault("_ipv6", []),
    }


def _subnet_attributes(identifier: str, properties: Properties) -> dict[str, Any]:
    blocks = [properties["Ipv6CidrBlock"]] if properties.get("Ipv6CidrBlock") else []
    subnet = service("ec2")._subnets[identifier]
    subnet["_ipv6"] = blocks
    return {"CidrBlock": subnet["CidrBlock"], "VpcId": subnet["VpcId"], "Ipv6CidrBlocks": blocks}


def _create_block(logical_id: str, properties: Properties, stack: str) -> Created:
    vpc = service("ec2")._vpcs[properties["VpcId"]]
    if properties.get("AmazonProvidedIpv6CidrBlock") not in (True, "true"):
        raise ValueError(f"{BLOCK}: only AmazonProvidedIpv6CidrBlock is supported here")
    number = uuid.uuid4().hex
    block = f"2600:1f{number[:2]}:{number[2:6]}:{number[6:8]}00::/56"
    vpc.setdefault("_ipv6", []).append(block)
    # The block is part of the id, because only the id is known when it is to go.
    return f"vpc-cidr-assoc-{number[:17]}|{block}", {"Id": f"vpc-cidr-assoc-{number[:17]}"}


def _keep_block(identifier: str, old: Properties, new: Properties, stack: str) -> Created:
    return identifier, {"Id": identifier.partition("|")[0]}


def _delete_block(identifier: str, properties: Properties) -> None:
    blocks = service("ec2")._vpcs.get(properties["VpcId"], {}).get("_ipv6", [])
    blocks[:] = [block for block in blocks if not identifier.endswith(f"|{block}")]


def _create_gateway(logical_id: str, properties: Properties, stack: str) -> Created:
    answer = call("ec2", "_create_egress_only_igw", {"VpcId": properties["VpcId"]})
    identifier = element(answer, "egressOnlyInternetGatewayId")
    return _keep_gateway(identifier, {}, properties, stack)


def _keep_gateway(identifier: str, old: Properties, new: Properties, stack: str) -> Created:
    provisioners._ec2_apply_tags(identifier, new, old)
    return identifier, {"Id": identifier}


def _delete_gateway(identifier: str, properties: Properties) -> None:
    call("ec2", "_delete_egress_only_igw", {"EgressOnlyInternetGatewayId": identifier})


def _show(function: str) -> None:
    pristine = getattr(service("ec2"), function)

    def show(record: Properties, tag: str = "item") -> str:
        items = "".join(map(_association, record.get("_ipv6", [])))
        shown = f"<ipv6CidrBlockAssociationSet>{items}</ipv6CidrBlockAssociationSet></{tag}>"
        body, _, _ = str(pristine(record, tag)).rpartition(f"</{tag}>")
        return body + shown if items else f"{body}</{tag}>"

    setattr(service("ec2"), function, show)


def _association(block: str) -> str:
    state = "<state>associated</state>"
    names = f"<ipv6CidrBlockState>{state}</ipv6CidrBlockState>"
    return f"<item><ipv6CidrBlock>{block}</ipv6CidrBlock>{names}</item>"
