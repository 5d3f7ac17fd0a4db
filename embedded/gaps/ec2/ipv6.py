"""IPv6 in a VPC: the type `AWS::EC2::VPCCidrBlock`, and the blocks of subnets.

A template reads a VPC's blocks from the VPC's attribute `Ipv6CidrBlocks` although another resource
adds them; so the attribute is the VPC's own, live list.
"""

from __future__ import annotations

import uuid

from embedded.gaps._calls import true
from embedded.gaps._ministack import Created, Properties, extend, register, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A VPC and its subnets have IPv6 blocks.",
    page="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
    ministack="It has no IPv6 block at all.",
    effect=Effect.CAPABLE,
)

BLOCK = "AWS::EC2::VPCCidrBlock"
VPC = "AWS::EC2::VPC"
SUBNET = "AWS::EC2::Subnet"


def install() -> None:
    """Register the type, and let VPCs and subnets have and show IPv6 blocks."""
    register(BLOCK, _create_block, _keep_block, _delete_block, replacing=("VpcId", "CidrBlock"))
    extend(VPC, _with_vpc_attributes)
    extend(SUBNET, _with_subnet_attributes)
    _show("_vpc_fields_xml")
    _show("_subnet_fields_xml")


def _with_vpc_attributes(created: Created, properties: Properties) -> Created:
    identifier, attributes = created
    vpc = service("ec2")._vpcs[identifier]
    return identifier, attributes | {
        "CidrBlock": vpc["CidrBlock"],
        "CidrBlockAssociations": [f"vpc-cidr-assoc-{identifier[4:]}"],
        "Ipv6CidrBlocks": vpc.setdefault("_ipv6", []),
    }


def _with_subnet_attributes(created: Created, properties: Properties) -> Created:
    identifier, attributes = created
    blocks = [properties["Ipv6CidrBlock"]] if properties.get("Ipv6CidrBlock") else []
    subnet = service("ec2")._subnets[identifier]
    subnet["_ipv6"] = blocks
    own = {"CidrBlock": subnet["CidrBlock"], "VpcId": subnet["VpcId"], "Ipv6CidrBlocks": blocks}
    return identifier, attributes | own


def _create_block(logical_id: str, properties: Properties, stack: str) -> Created:
    vpc = service("ec2")._vpcs[properties["VpcId"]]
    if not true(properties.get("AmazonProvidedIpv6CidrBlock")):
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
