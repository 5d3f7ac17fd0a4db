"""VPCs and security groups, written as networks and groups."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runbook.adopt import arns, inside
from runbook.adopt.account import Account
from runbook.adopt.item import Item, Live, Remark, without_defaults
from runbook.adopt.subnets import SUBNET, Chosen, chosen
from settings.models.networks import Network, SecurityGroup

PORT = 5432
VPC = "AWS::EC2::VPC"


def named(accounts: Iterable[Account]) -> dict[str, str]:
    """Name each VPC as the file would: by its Name tag, with the region where several have it.

    A VPC has no name of its own: the tag may say anything, also twice, and the file has a label.
    """
    found = [(vpc, account.region) for account in accounts for vpc in account.each(VPC)]
    labels = {vpc.identifier: _label(vpc) for vpc, _ in found}
    names = {}
    for vpc, region in found:
        label = labels[vpc.identifier]
        alone = [*labels.values()].count(label) == 1
        names[vpc.identifier] = label if alone else f"{label}-{region}"
    twice = [name for name, count in Counter(names.values()).items() if count > 1]
    return {vpc: vpc if name in twice else name for vpc, name in names.items()}


def _label(vpc: Live) -> str:
    tags = {tag["Key"]: tag["Value"] for tag in vpc.properties.get("Tags", ())}
    label = re.sub(r"[^a-z0-9]+", "-", tags.get("Name", "").lower())[:40].strip("-")
    return label if label[:1].isalpha() else vpc.identifier


def items(account: Account) -> Iterator[Item]:
    """Yield each VPC but the default one, and the security groups in it."""
    default = default_vpc(account)
    for vpc in sorted(account.each(VPC), key=lambda live: account.networks[live.identifier]):
        if vpc.identifier == default:
            yield from _outside_of_networks(account, vpc, "it is in the default VPC")
        elif [*account.below(SUBNET, "", VpcId=vpc.identifier)]:
            yield _network(account, vpc)
            yield from _groups(account, vpc)
        else:
            name = arns.named(account, vpc, account.networks[vpc.identifier])
            yield _unexpressed(account, name, f"it has no subnet, {CANNOT}")
            yield from _outside_of_networks(account, vpc, "its VPC has no subnet")


CANNOT = "which the file cannot declare"


def _outside_of_networks(account: Account, vpc: Live, why: str) -> Iterator[Item]:
    """Name the groups of a VPC that is no network of the file."""
    for group in account.below("AWS::EC2::SecurityGroup", "", VpcId=vpc.identifier):
        if group.properties["GroupName"] != "default":
            yield _unexpressed(account, _named(account, group), f"{why}, {CANNOT}")


def default_vpc(account: Account) -> str | None:
    """Return the VPC that the region came with, which belongs to no file."""
    filters = [{"Name": "is-default", "Values": ["true"]}]
    found = account.client("ec2").describe_vpcs(Filters=filters)["Vpcs"]
    return str(found[0]["VpcId"]) if found else None


def _unexpressed(account: Account, subject: str, reason: str) -> Item:
    return Item(("data", subject), account.region, None, remarks=(Remark(subject, reason),))


def _named(account: Account, group: Live) -> str:
    return arns.named(account, group, str(group.properties["GroupName"]))


def _network(account: Account, vpc: Live) -> Item:
    name = account.networks[vpc.identifier]
    within = f"networks/{name}"
    here = {"VpcId": vpc.identifier}
    of_databases = chosen(account, vpc.identifier)
    everything = [*account.below(SUBNET, within, **here)]
    subnets = [live for live in everything if live.identifier in of_databases.subnets]
    tables = [*account.below("AWS::EC2::RouteTable", within, **here)]
    resources = [vpc._replace(within=within), *subnets]
    for kind in ("AWS::EC2::VPCGatewayAttachment", "AWS::EC2::FlowLog"):
        key = "VpcId" if kind.endswith("Attachment") else "ResourceId"
        resources += account.below(kind, within, **{key: vpc.identifier})
    resources += _gateways(account, within, resources)
    resources += _routing(account, within, tables)
    if of_databases.group:
        resources.append(of_databases.group._replace(within=within))
    declared = {
        "region": account.region,
        "cidr": vpc.properties["CidrBlock"],
        "subnets": {
            subnet.properties["CidrBlock"]: subnet.properties["AvailabilityZone"][-1]
            for subnet in sorted(subnets, key=lambda live: str(live.properties["CidrBlock"]))
        },
        "flow_logs": any(live.type == "AWS::EC2::FlowLog" for live in resources) or None,
    }
    return Item(
        ("data", "networks", name),
        account.region,
        {"region": account.region, **without_defaults(Network, declared)},
        tuple(resources),
        (*_outside(account, everything, of_databases), *inside.remarks(account, vpc, name)),
        arns.arn_of(account, vpc),
    )


def _outside(account: Account, subnets: list[Live], declared: Chosen) -> Iterator[Remark]:
    group = declared.group.identifier if declared.group else ""
    reason = f"the databases' subnet group {group} is without it, and so is the file: it stays"
    for live in subnets:
        if live.identifier not in declared.subnets:
            block = str(live.properties["CidrBlock"])
            yield Remark(f"subnet {arns.named(account, live, block)}", reason)


def _gateways(account: Account, within: str, resources: list[Live]) -> Iterator[Live]:
    """Yield the gateways of attachments that were found."""
    for attachment in resources:
        if attachment.type == "AWS::EC2::VPCGatewayAttachment":
            gateway = attachment.properties["InternetGatewayId"]
            found = account.named("AWS::EC2::InternetGateway", gateway, within)
            if found:
                yield found


def _routing(account: Account, within: str, tables: list[Live]) -> Iterator[Live]:
    """Yield the tables that some subnet uses, with their routes: the main table stays outside."""
    for table in tables:
        used = {"RouteTableId": table.identifier}
        associations = [*account.below("AWS::EC2::SubnetRouteTableAssociation", within, **used)]
        if associations:
            yield table
            yield from associations
            yield from account.below("AWS::EC2::Route", within, **used)


def _groups(account: Account, vpc: Live) -> Iterator[Item]:
    inside = [*account.below("AWS::EC2::SecurityGroup", "", VpcId=vpc.identifier)]
    names = {group.identifier: str(group.properties["GroupName"]) for group in inside}
    for group in sorted(inside, key=lambda live: names[live.identifier]):
        if names[group.identifier] != "default":
            yield _group(account, group, vpc, names)


def _group(account: Account, group: Live, vpc: Live, names: Mapping[str, str]) -> Item:
    name = names[group.identifier]
    sources, remarks = [], []
    for rule in group.properties.get("SecurityGroupIngress", ()):
        source = _source(rule, names)
        if source:
            sources.append(source)
        else:
            remarks.append(
                Remark(_named(account, group), f"a rule that the file cannot say: {_said(rule)}")
            )
    declared = without_defaults(
        SecurityGroup,
        {
            "description": group.properties["GroupDescription"],
            "network": account.networks[vpc.identifier],
            "postgresql_from": sources,
        },
    )
    return Item(
        ("data", "security_groups", name),
        account.region,
        declared,
        (group._replace(within=f"security_groups/{name}"),),
        tuple(remarks),
        arns.arn_of(account, group),
    )


def _said(rule: Mapping[str, Any]) -> str:
    ports = {str(rule[name]) for name in ("FromPort", "ToPort") if name in rule}
    sources = ("CidrIp", "CidrIpv6", "SourceSecurityGroupId", "SourcePrefixListId")
    source = next((rule[name] for name in sources if name in rule), "anywhere")
    said = (str(rule["IpProtocol"]), " to ".join(sorted(ports, key=int)), f"from {source}")
    return " ".join(part for part in said if part)


def _source(rule: Mapping[str, Any], names: Mapping[str, str]) -> str | None:
    """Return who may connect to PostgreSQL by a rule; None for any other rule."""
    if (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort")) != ("tcp", PORT, PORT):
        return None
    group = rule.get("SourceSecurityGroupId")
    return names.get(group) if group else rule.get("CidrIp") or rule.get("CidrIpv6")
