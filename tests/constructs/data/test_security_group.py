from __future__ import annotations

import re
from typing import Any

from tests.constructs.data.conftest import Data, DataTemplate

CIRCLE = """
networks:
  main: {cidr: 10.0.0.0/16, subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}}
security_groups:
  first: {description: One half, postgresql_from: [second, 203.0.113.0/24, "2001:db8::/32"]}
  second: {description: The other half, postgresql_from: [first]}
"""


def groups(template: DataTemplate) -> dict[str, Any]:
    return {
        group["Properties"]["GroupName"]: group["Properties"]
        for group in template.all("EC2::SecurityGroup")
    }


def test_a_group_has_the_declared_name_and_description(data: Data) -> None:
    found = groups(data(CIRCLE))
    assert {name: group["GroupDescription"] for name, group in found.items()} == {
        "first": "One half",
        "second": "The other half",
    }


def test_blocks_of_both_kinds_reach_postgresqls_port_and_no_other(data: Data) -> None:
    found = groups(data(CIRCLE))
    rules = found["first"]["SecurityGroupIngress"]
    assert [rule.get("CidrIp") or rule["CidrIpv6"] for rule in rules] == [
        "203.0.113.0/24",
        "2001:db8::/32",
    ]
    assert {(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in rules} == {
        ("tcp", 5432, 5432)
    }
    assert not found["second"]["SecurityGroupIngress"]


def test_groups_can_name_each_other(data: Data) -> None:
    template = data(CIRCLE)
    ids = {
        group["Properties"]["GroupName"]: {"Fn::GetAtt": [identifier, "GroupId"]}
        for identifier, group in template.template.find_resources("AWS::EC2::SecurityGroup").items()
    }
    rules = [rule["Properties"] for rule in template.all("EC2::SecurityGroupIngress")]
    assert [(rule["GroupId"], rule["SourceSecurityGroupId"]) for rule in rules] == [
        (ids["first"], ids["second"]),
        (ids["second"], ids["first"]),
    ]
    assert {(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in rules} == {
        ("tcp", 5432, 5432)
    }


def test_a_database_opens_no_connection(data: Data) -> None:
    for group in groups(data(CIRCLE)).values():
        (rule,) = group["SecurityGroupEgress"]
        assert rule["CidrIp"] == "255.255.255.255/32"


def test_descriptions_have_only_the_characters_that_ec2_takes(data: Data) -> None:
    template = data(CIRCLE)
    rules = [rule["Properties"] for rule in template.all("EC2::SecurityGroupIngress")]
    for group in groups(template).values():
        rules += group.get("SecurityGroupIngress", []) + group["SecurityGroupEgress"]
    for rule in rules:
        assert re.fullmatch(r"[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]{1,255}", rule["Description"])
