"""Which subnets of a VPC the file has.

RDS replaces a database whose subnet group becomes another: so the network in the file has exactly
the subnets of the group that is there, whatever else the VPC has.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html>
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from runbook.adopt.account import Account
from runbook.adopt.item import Live

SUBNET = "AWS::EC2::Subnet"
GROUP = "AWS::RDS::DBSubnetGroup"


class Chosen(NamedTuple):
    """The subnets of a network, and the subnet group that has exactly these, if one does."""

    group: Live | None
    subnets: frozenset[str]


def chosen(account: Account, vpc: str) -> Chosen:
    """Return the group that most databases of a VPC are in; without any, all of its subnets."""
    everything = frozenset(live.identifier for live in account.below(SUBNET, "", VpcId=vpc))
    groups = {
        live.identifier: Chosen(live, frozenset(live.properties["SubnetIds"]))
        for live in account.each(GROUP)
    }
    inside = {name: group for name, group in groups.items() if group.subnets <= everything}
    used = Counter(name for name in _used(account) if name in inside)
    if used:
        return inside[max(sorted(used), key=lambda name: used[name])]
    whole = (group for group in inside.values() if group.subnets == everything)
    return next(whole, Chosen(None, everything))


def _used(account: Account) -> Iterator[str]:
    """Yield the group of each database. A replica, and an instance of a cluster, follow others."""
    others = ("SourceDBInstanceIdentifier", "DBClusterIdentifier")
    instances = (live.properties for live in account.each("AWS::RDS::DBInstance"))
    clusters = (live.properties for live in account.each("AWS::RDS::DBCluster"))
    alone = (said for said in instances if not any(said.get(name) for name in others))
    for said in (*alone, *clusters):
        if said.get("DBSubnetGroupName"):
            yield str(said["DBSubnetGroupName"])
