"""Consumers of a replica have no way to a database: every way of a template is computed."""

from __future__ import annotations

import copy
from itertools import product
from typing import Any

import pytest

from settings import Settings, parse
from tests.conftest import ACCOUNT, templates_of
from tests.constructs.data.reachability import Reachability

SEVERAL = """
data:
  bastion: true
  networks:
    main:
      cidr: 10.0.0.0/16
      subnets: {10.0.1.0/24: a, 10.0.2.0/24: b, 10.0.3.0/24: a, 10.0.4.0/24: b}
  security_groups:
    office: {description: The office, postgresql_from: [203.0.113.0/24, "2001:db8:1::/48"]}
    branch: {description: A branch, postgresql_from: [198.51.100.0/25, office]}
  databases:
    books:
      engine: postgresql
      instance: db.t4g.micro
      security_groups: [office]
      replicas:
        reports:
          instance: db.t4g.micro
          public: true
          subnets: [10.0.3.0/24, 10.0.4.0/24]
          consumers:
            partner: {from: [192.0.2.0/25, "2001:db8:2::/48"]}
            other: {from: [192.0.2.128/25]}
        inside:
          instance: db.t4g.small
          consumers:
            near: {from: [10.0.3.0/24]}
            auditor: {bastion: true}
    films:
      engine: postgresql
      instance: db.t4g.micro
      security_groups: [branch]
      replicas:
        inside: {instance: db.t4g.micro, consumers: {auditor: {bastion: true}}}
    common:
      engine: aurora-postgresql
      capacity: {min: 0.5, max: 1}
      security_groups: [office]
      proxy_subnets: [10.0.1.0/24, 10.0.2.0/24]
      replicas:
        figures:
          consumers:
            partner: {from: [10.0.7.0/24]}
            auditor: {bastion: true}
        plain: {consumers: {third: {from: [10.0.8.0/24, "2001:db8:4::/48"]}}}
"""
STACK = "data-us-east-1"


@pytest.fixture(scope="module")
def settings() -> Settings:
    return parse(ACCOUNT + SEVERAL)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return dict(templates_of(ACCOUNT + SEVERAL)[STACK].to_json())


@pytest.fixture(scope="module")
def network(template: dict[str, Any]) -> Reachability:
    return Reachability(template)


def declared(settings: Settings) -> dict[str, set[str]]:
    """The blocks that may connect, by the identifier of the database or the replica."""
    data = settings.data
    found: dict[str, set[str]] = {}
    for name, database in data.databases.items():
        groups = [] if name == "common" else database.security_groups
        found[name] = {block for group in groups for block in data.security_groups[group].blocks}
        for replica, item in database.replicas.items():
            blocks = {b for each in item.consumers.values() for b in each.from_blocks}
            found[f"{name}-{replica}"] = blocks
        if database.engine == "aurora-postgresql" and database.replicas:
            found[f"{name}:proxy"] = set()
    return found


def test_of_all_ways_from_a_block_to_a_database_only_the_declared_ones_are_open(
    settings: Settings, network: Reachability
) -> None:
    wanted = declared(settings)
    assert network.databases().keys() == wanted.keys()
    blocks = {block for each in wanted.values() for block in each}
    blocks |= {"0.0.0.1/32", "198.51.100.128/25", "10.0.1.0/24", "2001:db8:3::/48"}
    found = {
        (block, name) for block, name in product(blocks, wanted) if network.admits(block, name)
    }
    assert found == {(block, name) for name, own in wanted.items() for block in own}


def test_a_machine_reaches_the_databases_that_it_is_there_for(network: Reachability) -> None:
    found = {
        (machine, name)
        for machine, name in product(network.machines(), network.databases())
        if network.reaches(machine, name)
    }
    assert found == {
        ("bastion common-figures", "common-figures"),
        *(("bastion main", name) for name in ("books", "films", "common")),
        *(("bastion main", name) for name in ("books-inside", "films-inside")),
        ("bastion books-inside", "books-inside"),
        ("bastion films-inside", "films-inside"),
    }


def test_a_consumer_of_aurora_reaches_an_endpoint_that_leads_to_readers_alone(
    network: Reachability,
) -> None:
    for endpoint in ("common-figures", "common-plain"):
        assert network.leads_to(endpoint) == ("common", "READ_ONLY")


def test_nobody_reaches_a_proxy_itself_and_it_reaches_its_own_cluster_alone(
    network: Reachability,
) -> None:
    known = network.databases()
    assert not [name for name in network.machines() if network.reaches(name, "common:proxy")]
    assert not [name for name in known if network.reaches(name, "common:proxy")]
    assert [name for name in known if network.reaches("common:proxy", name)] == ["common"]


def test_the_internet_has_a_route_to_the_public_replica_alone(network: Reachability) -> None:
    routed = {name for name in network.databases() if network.routes_from_internet(name)}
    assert routed == {"books-reports"}


def test_a_public_replica_opens_no_subnet_of_the_database() -> None:
    text = SEVERAL.replace("bastion: true", "bastion: false", 1)
    text = text.replace("auditor: {bastion: false}", "auditor: {from: [10.0.9.0/24]}")
    text = text.replace("auditor: {bastion: true}", "auditor: {from: [10.0.9.0/24]}")
    network = Reachability(templates_of(ACCOUNT + text)[STACK].to_json())
    assert {name for name in network.databases() if network.has_open_subnet(name)} == {
        "books-reports"
    }


@pytest.mark.parametrize("hole", ["group", "rule", "machine", "proxy"])
def test_a_hole_that_somebody_makes_is_found(template: dict[str, Any], hole: str) -> None:
    changed = copy.deepcopy(template)
    instances = {
        each["Properties"].get("DBInstanceIdentifier"): each["Properties"]
        for each in changed["Resources"].values()
        if each["Type"] == "AWS::RDS::DBInstance"
    }
    if hole == "group":
        instances["books"]["VPCSecurityGroups"] += instances["books-reports"]["VPCSecurityGroups"]
        assert Reachability(changed).admits("192.0.2.0/25", "books")
    elif hole == "rule":
        changed["Resources"]["Hole"] = {
            "Type": "AWS::EC2::SecurityGroupIngress",
            "Properties": {
                "GroupId": instances["books"]["VPCSecurityGroups"][0],
                "IpProtocol": "-1",
                "CidrIp": "192.0.0.0/16",
            },
        }
        assert Reachability(changed).admits("192.0.2.0/25", "books")
    elif hole == "proxy":
        made = {each["Type"]: each.get("Properties", {}) for each in changed["Resources"].values()}
        endpoint, proxy = made["AWS::RDS::DBProxyEndpoint"], made["AWS::RDS::DBProxy"]
        proxy["VpcSecurityGroupIds"] += endpoint["VpcSecurityGroupIds"]
        endpoint["TargetRole"] = "READ_WRITE"
        found = Reachability(changed)
        assert any(found.admits(block, "common:proxy") for block in ("10.0.7.0/24", "10.0.8.0/24"))
        assert ("common", "READ_WRITE") in [
            found.leads_to(name) for name in ("common-figures", "common-plain")
        ]
    else:
        instances["books"]["VPCSecurityGroups"] += instances["books-inside"]["VPCSecurityGroups"]
        assert Reachability(changed).reaches("bastion books-inside", "books")
