"""The rows of the wiki page that are about data, and what the stacks make of several networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk.assertions import Template
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

Templates = Callable[[str], dict[str, Template]]


@pytest.fixture
def template(example_templates: dict[str, Template]) -> Template:
    return example_templates["data-us-east-1"]


def test_the_example_is_deployed_as_it_was_reviewed(
    template: Template, snapshot: SnapshotAssertion
) -> None:
    assert template.to_json() == snapshot(extension_class=JSONSnapshotExtension)


def test_the_network_is_the_wiki_pages(template: Template) -> None:
    template.has_resource_properties("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})
    found = [each["Properties"] for each in template.find_resources("AWS::EC2::Subnet").values()]
    assert sorted(subnet["CidrBlock"] for subnet in found) == ["10.0.1.0/24", "10.0.2.0/24"]
    assert len({subnet["AvailabilityZone"] for subnet in found}) == 2


def test_the_security_group_is_the_wiki_pages(template: Template) -> None:
    (group,) = template.find_resources("AWS::EC2::SecurityGroup").values()
    properties = group["Properties"]
    assert properties["GroupName"] == "postgresql-anywhere"
    assert properties["GroupDescription"] == "Allows PostgreSQL connections from anywhere"
    rules = properties["SecurityGroupIngress"]
    assert [rule.get("CidrIp") or rule["CidrIpv6"] for rule in rules] == ["0.0.0.0/0", "::/0"]


def test_the_database_for_analysis_is_the_wiki_pages(template: Template) -> None:
    template.has_resource_properties(
        "AWS::RDS::DBInstance",
        {
            "DBInstanceIdentifier": "analysis",
            "Engine": "postgres",
            "EngineVersion": "18.6",
            "DBInstanceClass": "db.t3.micro",
            "MultiAZ": False,
            "AllocatedStorage": "20",
            "PubliclyAccessible": True,
            "BackupRetentionPeriod": 0,
            "StorageEncrypted": False,
            "EnablePerformanceInsights": False,
            "VPCSecurityGroups": [the_group(template)],
        },
    )
    (instance,) = template.find_resources(
        "AWS::RDS::DBInstance", {"Properties": {"Engine": "postgres"}}
    ).values()
    assert "MaxAllocatedStorage" not in instance["Properties"]


def test_the_aurora_cluster_is_the_wiki_pages(template: Template) -> None:
    template.has_resource_properties(
        "AWS::RDS::DBCluster",
        {
            "DatabaseName": "common",
            "BackupRetentionPeriod": 1,
            "EnableHttpEndpoint": True,
            "VpcSecurityGroupIds": [the_group(template)],
            "ServerlessV2ScalingConfiguration": {
                "MinCapacity": 0,
                "MaxCapacity": 2,
                "SecondsUntilAutoPause": 3600,
            },
        },
    )


def the_group(template: Template) -> dict[str, Any]:
    (group,) = template.find_resources("AWS::EC2::SecurityGroup")
    return {"Fn::GetAtt": [group, "GroupId"]}


SEVERAL = """
environment: test
data:
  networks:
    near: {cidr: 10.0.0.0/16, subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}}
    beside: {cidr: 10.0.0.0/16, subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}, stack: more}
    far: {region: eu-west-2, cidr: 10.1.0.0/16, subnets: {10.1.1.0/24: a, 10.1.2.0/24: b}}
  security_groups:
    here: {network: near, description: The office}
    there: {network: far, description: The office}
  databases:
    books: {network: near, engine: postgresql, instance: db.t4g.micro, security_groups: [here]}
    films: {network: far, engine: postgresql, instance: db.t4g.micro, security_groups: [there]}
"""


def test_each_network_is_whole_in_one_stack(templates: Templates) -> None:
    found = templates(SEVERAL)
    assert {
        stack: [
            len(template.find_resources(f"AWS::{kind}"))
            for kind in ("EC2::VPC", "EC2::SecurityGroup", "RDS::DBInstance")
        ]
        for stack, template in found.items()
    } == {
        "data-us-east-1": [1, 1, 1],
        "data-us-east-1-more": [1, 0, 0],
        "data-eu-west-2": [1, 1, 1],
    }
    found["data-eu-west-2"].has_resource_properties(
        "AWS::EC2::Subnet", {"CidrBlock": "10.1.2.0/24", "AvailabilityZone": "eu-west-2b"}
    )


def test_two_environments_of_an_account_have_databases_of_one_name(templates: Templates) -> None:
    templates(SEVERAL)["data-us-east-1"].has_resource_properties(
        "AWS::RDS::DBInstance", {"DBInstanceIdentifier": "test-books", "DBName": "books"}
    )


def test_adding_a_database_touches_nothing_else(templates: Templates) -> None:
    item = "{network: near, engine: aurora-postgresql, capacity: {max: 1}, security_groups: [here]}"
    before = templates(SEVERAL)["data-us-east-1"].to_json()["Resources"]
    after = templates(SEVERAL.replace("    books:", f"    atlas: {item}\n    books:"))
    assert before.items() <= after["data-us-east-1"].to_json()["Resources"].items()
