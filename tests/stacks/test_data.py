"""The rows of the wiki page that are about data, and what the stacks make of several networks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Template
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from groundwork.checks import Finding, add_checks, place, read_findings
from settings import ConfigurationError, parse
from stacks import make_stacks
from tests.conftest import ACCOUNT, new_app

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
            "EngineVersion": "18",
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


WEAKEST = """
data:
  networks:
    main:
      cidr: 10.0.0.0/16
      subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}
      flow_logs: false
  security_groups:
    open: {description: Anybody, postgresql_from: [0.0.0.0/0]}
  databases:
    books:
      engine: postgresql
      instance: db.t4g.micro
      public: true
      encrypted: false
      backup_days: 0
      deletion_protection: false
      security_groups: [open]
    films:
      engine: aurora-postgresql
      capacity: {max: 1}
      encrypted: false
      deletion_protection: false
      security_groups: [open]
"""
SAFEST = """
data:
  bastion: true
  networks:
    main:
      cidr: 10.0.0.0/16
      ipv6: true
      subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}
  security_groups:
    office: {description: The office, postgresql_from: [203.0.113.0/24, application]}
    application: {description: The application}
  databases:
    books:
      engine: postgresql
      instance: db.t4g.micro
      multi_az: true
      security_groups: [office]
      notify: [team@example.org]
    films:
      engine: aurora-postgresql
      capacity: {max: 1}
      data_api: true
      security_groups: [office]
      notify: [team@example.org]
"""


def findings(text: str) -> list[Finding]:
    app = new_app(**{"@aws-cdk/core:failSynthOnValidationErrors": False})
    make_stacks(app, parse(ACCOUNT + text))
    add_checks(app)
    return read_findings(Path(app.synth().directory))


def test_what_is_weakened_needs_an_accepted_risk_that_names_it() -> None:
    found = findings(WEAKEST)
    assert {(f.rule, place(f.path)) for f in found if f.acknowledged_at is None} == {
        ("AwsSolutions-VPC7", "data/networks/main/vpc"),
        ("AwsSolutions-EC23", "data/security_groups/open/group"),
        ("W2508", "data/security_groups/open/group"),
        ("AwsSolutions-RDS2", "data/databases/books/instance"),
        ("W9008", "data/databases/books/instance"),
        ("W9011", "data/databases/books/instance"),
        ("AwsSolutions-RDS3", "data/databases/books/instance"),
        ("AwsSolutions-RDS10", "data/databases/books/instance"),
        ("AwsSolutions-RDS13", "data/databases/books/instance"),
        ("AwsSolutions-RDS2", "data/databases/films/cluster"),
        ("AwsSolutions-RDS10", "data/databases/films/cluster"),
    }


def test_what_is_safe_needs_no_accepted_risk_and_what_we_acknowledge_is_found() -> None:
    found = findings(SAFEST)
    assert {(f.rule, place(f.path), f.acknowledged_at is not None) for f in found} == {
        ("W3010", "data/networks/main/subnet-10.0.1.0-24", True),
        ("W3010", "data/networks/main/subnet-10.0.2.0-24", True),
        ("AwsSolutions-EC28", "data/networks/main/bastion/instance", True),
        ("AwsSolutions-EC29", "data/networks/main/bastion/instance", True),
        ("AwsSolutions-IAM5[Resource::*]", "data/networks/main/bastion/role", True),
        (
            "AwsSolutions-IAM5[Resource::arn:aws:ssm:us-east-1:123456789012:"
            "parameter/groundwork/data-us-east-1/deletion_protection/*]",
            "data/deletion_protection/function/role/DefaultPolicy",
            True,
        ),
        ("AwsSolutions-RDS10", "data/databases/books/instance", True),
        ("AwsSolutions-RDS10", "data/databases/films/cluster", True),
        ("AwsSolutions-RDS11", "data/databases/books/instance", True),
        ("AwsSolutions-SMG4", "data/databases/books/password/secret", True),
        ("AwsSolutions-SMG4", "data/databases/films/password/secret", True),
    }


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


def many(databases: int, template: str = SEVERAL) -> str:
    """Put this many databases, with all that one can have, into the network `near`."""
    item = (
        "{network: near, engine: postgresql, instance: db.t4g.micro, security_groups: [here],"
        " notify: [team@example.org]}"
    )
    return template + "".join(f"    db{number}: {item}\n" for number in range(databases))


def test_a_full_stack_keeps_cloudformations_limits(templates: Templates) -> None:
    template = templates(many(34))["data-us-east-1"].to_json()
    assert 400 < len(template["Resources"]) <= 500
    assert len(template["Outputs"]) <= 200
    assert len(json.dumps(template)) < 1_000_000


def test_one_database_more_is_refused_with_the_way_out() -> None:
    with pytest.raises(ConfigurationError) as raised:
        parse(ACCOUNT + many(35))
    (fault,) = raised.value.faults
    assert fault.path == "data.databases.db34"
    assert "in another network, with a stack of its own" in fault.message
