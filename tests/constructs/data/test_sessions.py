from __future__ import annotations

import json
from typing import Any

import pytest

from settings import ConfigurationError, parse
from tests.constructs.data.conftest import Data, DataTemplate

NETWORK = """
networks:
  main: {cidr: 10.0.0.0/16, subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}}
security_groups:
  office: {description: The office, postgresql_from: [203.0.113.0/24]}
databases:
  books:
    engine: postgresql
    instance: db.t4g.micro
    security_groups: [office]
    pgaudit: [read, ddl]
    replicas:
      reports: {instance: db.t4g.micro, consumers: {auditor: {bastion: true}}}
  common: {engine: aurora-postgresql, capacity: {max: 1}, security_groups: [office], pgaudit: [all]}
"""


@pytest.fixture(scope="module")
def template(data: Data) -> DataTemplate:
    return data(f"bastion: true\nsession_log_days: 90\n{NETWORK}")


def documents(template: DataTemplate) -> dict[str, dict[str, Any]]:
    """Return what the documents say, by the kind of session."""
    found = template.template.find_resources("AWS::SSM::Document").values()
    contents = [each["Properties"]["Content"] for each in found]
    return {content["sessionType"]: content for content in contents}


def test_a_replicas_tunnel_leads_to_the_replica_whoever_opens_it(template: DataTemplate) -> None:
    document = documents(template)["Port"]
    properties = document["properties"]
    assert properties["host"]["Fn::GetAtt"][1] == "Endpoint.Address"
    assert "replicasreports" in properties["host"]["Fn::GetAtt"][0]
    assert properties["portNumber"] == "5432"
    assert list(document["parameters"]) == ["localPortNumber"]


def test_its_policy_opens_nothing_else_and_is_attached_to_nobody(template: DataTemplate) -> None:
    policies = template.template.find_resources(
        "AWS::IAM::ManagedPolicy",
        {"Properties": {"Description": "Opens tunnels to books-reports, and nothing else"}},
    )
    (policy,) = policies.values()
    assert not {"Roles", "Users", "Groups"} & policy["Properties"].keys()
    start, own, wake, look = policy["Properties"]["PolicyDocument"]["Statement"]
    assert start["Action"] == "ssm:StartSession"
    assert start["Condition"] == {"BoolIfExists": {"ssm:SessionDocumentAccessCheck": "true"}}
    machine, document = map(json.dumps, start["Resource"])
    assert ":instance/" in machine
    assert ":document/" in document
    assert "*" not in machine + document
    assert own["Resource"] == "arn:aws:ssm:us-east-1:123456789012:session/${aws:userid}-*"
    assert wake["Resource"] == start["Resource"][0]
    assert look["Action"] == "ec2:DescribeInstanceStatus"


def test_its_policy_is_attached_to_the_roles_that_consumers_name(data: Data) -> None:
    arn = "arn:aws:iam::123456789012:role"
    roles = f"'{arn}/team/auditor', '{arn}/second', '{arn}/document', '{arn}/policy'"
    two = f"bastion: true, roles: [{roles}], schemas: [one]"
    text = NETWORK.replace("auditor: {bastion: true}", f"a: {{{two}}}, b: {{{two}}}, c: {{{two}}}")
    found = data(text).template.find_resources("AWS::IAM::ManagedPolicy").values()
    attached = [each["Properties"].get("Roles") for each in found]
    assert ["document", "policy", "second", "auditor"] in attached


def test_shells_are_logged_and_every_bastion_may_write_there(template: DataTemplate) -> None:
    shell = documents(template)["Standard_Stream"]["inputs"]
    assert shell["cloudWatchStreamingEnabled"]
    template.template.has_resource_properties("AWS::Logs::LogGroup", {"RetentionInDays": 90})
    writers = [
        policy["Properties"]["Roles"]
        for policy in template.template.find_resources("AWS::IAM::ManagedPolicy").values()
        if "logs:PutLogEvents" in json.dumps(policy)
    ]
    assert len(writers) == len(template.template.find_resources("AWS::EC2::Instance")) == 2


def test_unasked_no_preference_of_the_account_is_touched(data: Data) -> None:
    template = data(NETWORK)
    assert list(documents(template)) == ["Port"]


def test_what_a_region_has_once_is_in_one_stack() -> None:
    second = "other: {cidr: 10.1.0.0/16, subnets: {10.1.1.0/24: a, 10.1.2.0/24: b}, stack: other}"
    networks = f"main: {{cidr: 10.0.0.0/16, subnets: {{10.0.1.0/24: a, 10.0.2.0/24: b}}}}, {second}"
    text = f'account: "123456789012"\ndata: {{session_log_days: 90, networks: {{{networks}}}}}\n'
    with pytest.raises(ConfigurationError, match="in several stacks"):
        parse(text)


def test_pgaudit_is_loaded_beside_what_rds_loads(template: DataTemplate) -> None:
    kinds = ("AWS::RDS::DBParameterGroup", "AWS::RDS::DBClusterParameterGroup")
    groups = [each for kind in kinds for each in template.template.find_resources(kind).values()]
    audited = [group["Properties"]["Parameters"] for group in groups]
    assert len(audited) == 3
    assert {p["shared_preload_libraries"] for p in audited} == {"pg_stat_statements,pgaudit"}
    assert sorted(p["pgaudit.log"] for p in audited) == ["all", "read,ddl", "read,ddl"]
