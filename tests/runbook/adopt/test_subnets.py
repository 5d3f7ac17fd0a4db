"""Which subnets of a VPC the file has, so that RDS replaces no database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runbook.adopt.account import Account
from runbook.adopt.item import Live
from runbook.adopt.subnets import chosen

KINDS = {
    "group": "AWS::RDS::DBSubnetGroup",
    "database": "AWS::RDS::DBInstance",
    "cluster": "AWS::RDS::DBCluster",
}


def account(**found: Mapping[str, Any]) -> Account:
    """An account with the subnets a, b and c in a VPC, and what is named in `found`."""
    lives = [Live("AWS::EC2::Subnet", name, {"VpcId": "vpc"}) for name in "abc"]
    for name, properties in found.items():
        lives.append(Live(KINDS[name.partition("_")[0]], name, properties))
    made = Account("us-east-1")
    each: Any = lambda kind: tuple(live for live in lives if live.type == kind)  # noqa: E731
    made.each = each
    return made


def group(subnets: str) -> dict[str, Any]:
    return {"SubnetIds": [*subnets]}


def in_group(name: str, **more: str) -> dict[str, Any]:
    return {"DBSubnetGroupName": name, **more}


def test_without_a_database_it_has_all_and_the_group_that_has_them_too() -> None:
    assert chosen(account(), "vpc") == (None, frozenset("abc"))
    found = chosen(account(group_1=group("ab"), group_2=group("cab")), "vpc")
    assert found.group
    assert found.group.identifier == "group_2"


def test_it_has_those_of_the_group_that_most_databases_are_in() -> None:
    made = account(
        group_1=group("abc"),
        group_2=group("ab"),
        database_1=in_group("group_1"),
        database_2=in_group("group_2"),
        cluster_1=in_group("group_2"),
        database_3=in_group("group_1", DBClusterIdentifier="cluster_1"),
        database_4=in_group("group_1", SourceDBInstanceIdentifier="database_2"),
    )
    found = chosen(made, "vpc")
    assert found.group
    assert found.group.identifier == "group_2"
    assert found.subnets == frozenset("ab")


def test_a_group_of_another_vpc_is_none_of_its_own() -> None:
    made = account(group_1=group("xy"), database_1=in_group("group_1"))
    assert chosen(made, "vpc") == (None, frozenset("abc"))
