from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from groundwork.data.audit import access_parameters
from tests.constructs.data.conftest import Data, DataTemplate

Make = Callable[..., DataTemplate]

NETWORK = """
networks:
  main:
    cidr: 10.0.0.0/16
    subnets: {10.0.1.0/24: a, 10.0.2.0/24: b, 10.0.3.0/24: a, 10.0.4.0/24: b}
security_groups:
  office: {description: The office, postgresql_from: [203.0.113.0/24]}
"""
PARTNER = "partner: {from: [192.0.2.0/24]}"


@pytest.fixture
def replica(data: Data) -> Make:
    """Make a database with a replica, `reports`, from fields of each and from its consumers."""

    def make(fields: str = "", *, database: str = "", consumers: str = PARTNER) -> DataTemplate:
        parts = ("instance: db.t4g.micro", f"consumers: {{{consumers}}}", fields)
        item = ", ".join(filter(None, parts))
        own = "engine: postgresql, instance: db.t4g.micro, security_groups: [office]"
        books = ", ".join(filter(None, (own, database)))
        return data(
            f"{NETWORK}\ndatabases:\n  books: {{{books}, replicas: {{reports: {{{item}}}}}}}"
        )

    return make


def instance(template: DataTemplate, identifier: str = "books-reports") -> dict[str, Any]:
    wanted = {"Properties": {"DBInstanceIdentifier": identifier}}
    (found,) = template.template.find_resources("AWS::RDS::DBInstance", wanted).values()
    return dict(found)


def test_a_replica_follows_its_database_under_a_name_of_its_own(replica: Make) -> None:
    template = replica()
    properties = instance(template)["Properties"]
    (source,) = template.template.find_resources(
        "AWS::RDS::DBInstance", {"Properties": {"DBInstanceIdentifier": "books"}}
    )
    assert properties["SourceDBInstanceIdentifier"] == {"Ref": source}
    assert properties["PubliclyAccessible"] is False


@pytest.mark.parametrize(
    "inherited",
    ["DBName", "EngineVersion", "MasterUsername", "MasterUserPassword", "StorageEncrypted"],
)
def test_what_a_replica_has_of_its_source_is_not_said_again(replica: Make, inherited: str) -> None:
    assert inherited not in instance(replica())["Properties"]


def test_a_replica_is_upgraded_before_its_database(replica: Make) -> None:
    template = replica('version: "17.9"', database='version: "17.6"')
    versions = [
        instance(template, name)["Properties"]["EngineVersion"]
        for name in ("books-reports", "books")
    ]
    assert versions == ["17.9", "17.6"]


def test_no_group_of_the_replica_is_the_databases(replica: Make) -> None:
    template = replica(consumers="one: {from: [192.0.2.0/25]}, two: {from: [192.0.2.128/25]}")
    own = instance(template)["Properties"]["VPCSecurityGroups"]
    theirs = instance(template, "books")["Properties"]["VPCSecurityGroups"]
    assert len(own) == 2
    assert not [group for group in own if group in theirs]


def test_each_consumer_has_a_group_with_their_blocks_alone(replica: Make) -> None:
    template = replica(consumers="one: {from: [192.0.2.0/25]}, two: {from: ['2001:db8::/32']}")
    found = {
        group["Properties"]["GroupDescription"]: [
            rule.get("CidrIp") or rule["CidrIpv6"]
            for rule in group["Properties"]["SecurityGroupIngress"]
        ]
        for group in template.all("EC2::SecurityGroup")
    }
    assert found["Consumer one of the replica books-reports"] == ["192.0.2.0/25"]
    assert found["Consumer two of the replica books-reports"] == ["2001:db8::/32"]


def test_connections_and_statements_are_logged_and_kept_as_long_as_declared(replica: Make) -> None:
    template = replica("log_days: 731")
    groups = template.template.find_resources("AWS::RDS::DBParameterGroup")
    named = instance(template)["Properties"]["DBParameterGroupName"]["Ref"]
    assert groups[named]["Properties"]["Parameters"] == access_parameters("18")
    assert instance(template)["Properties"]["EnableCloudwatchLogsExports"] == ["postgresql"]
    name = {"Properties": {"LogGroupName": "/aws/rds/instance/books-reports/postgresql"}}
    (group,) = template.template.find_resources("AWS::Logs::LogGroup", name).values()
    assert group["Properties"]["RetentionInDays"] == 731


@pytest.mark.parametrize(("version", "asked"), [("17", "1"), ("18", "all")])
def test_connections_are_logged_by_the_value_that_rds_takes_for_the_version(
    replica: Make, version: str, asked: str
) -> None:
    template = replica(database=f'version: "{version}"')
    groups = template.template.find_resources("AWS::RDS::DBParameterGroup")
    named = instance(template)["Properties"]["DBParameterGroupName"]["Ref"]
    assert groups[named]["Properties"]["Parameters"]["log_connections"] == asked


def test_the_database_itself_logs_as_before(replica: Make) -> None:
    template = replica()
    groups = template.template.find_resources("AWS::RDS::DBParameterGroup")
    named = instance(template, "books")["Properties"]["DBParameterGroupName"]["Ref"]
    assert groups[named]["Properties"]["Parameters"] == {"rds.force_ssl": "1"}


def test_a_replica_is_where_its_database_is_unless_it_has_subnets(replica: Make) -> None:
    template = replica()
    same = instance(template, "books")["Properties"]["DBSubnetGroupName"]
    assert instance(template)["Properties"]["DBSubnetGroupName"] == same


def test_subnets_of_a_replica_hold_no_database(replica: Make) -> None:
    template = replica("subnets: [10.0.3.0/24, 10.0.4.0/24]")
    found = template.template.find_resources("AWS::RDS::DBSubnetGroup")
    own = instance(template)["Properties"]["DBSubnetGroupName"]["Ref"]
    theirs = instance(template, "books")["Properties"]["DBSubnetGroupName"]["Ref"]
    subnets = {name: {s["Ref"] for s in g["Properties"]["SubnetIds"]} for name, g in found.items()}
    assert len(subnets[own]) == len(subnets[theirs]) == 2
    assert not subnets[own] & subnets[theirs]


def test_storage_follows_the_declared_unless_it_grows_by_itself(replica: Make) -> None:
    properties = instance(replica(database="storage_gib: 40"))["Properties"]
    assert properties["AllocatedStorage"] == "40"
    growing = replica(database="storage_gib: 40, storage_max_gib: 80")
    properties = instance(growing)["Properties"]
    assert "AllocatedStorage" not in properties
    assert properties["MaxAllocatedStorage"] == 80


def test_each_login_has_a_secret_that_leads_to_the_replica(replica: Make) -> None:
    readers = '{readers: ["arn:aws:iam::123456789012:role/p"]}'
    consumers = f"partner: {{from: [192.0.2.0/24], credentials: {readers}}}"
    template = replica(consumers=consumers)
    (secret,) = (
        each["Properties"]
        for each in template.all("SecretsManager::Secret")
        if "login" in each["Properties"]["Description"]
    )
    generated = json.dumps(secret["GenerateSecretString"]["SecretStringTemplate"])
    (replica_id,) = template.template.find_resources(
        "AWS::RDS::DBInstance", {"Properties": {"DBInstanceIdentifier": "books-reports"}}
    )
    assert f'"Fn::GetAtt": ["{replica_id}", "Endpoint.Address"]' in generated
    assert 'username\\\\\\":\\\\\\"partner' in json.dumps(generated)
    policy = template.properties("SecretsManager::ResourcePolicy")["ResourcePolicy"]
    assert "role/p" in json.dumps(policy)


def test_another_number_generates_another_password(replica: Make) -> None:
    first, second = (
        [
            each["Properties"]["GenerateSecretString"]
            for each in replica(
                consumers=f"partner: {{from: [192.0.2.0/24], credentials: {{version: {number}}}}}"
            ).all("SecretsManager::Secret")
        ]
        for number in (1, 2)
    )
    assert first[0] == second[0]
    assert first[1] != second[1]


@pytest.mark.parametrize("protected", ["true", "false"])
def test_a_replica_is_protected_once_it_is_made_unless_the_file_says_otherwise(
    replica: Make, protected: str
) -> None:
    template = replica(f"deletion_protection: {protected}").template
    found = [
        each["Properties"]
        for each in template.find_resources("Custom::DeletionProtection").values()
    ]
    assert {each["Identifier"]: each["Enabled"] for each in found} == {
        "books": "true",
        "books-reports": protected,
    }


def test_rds_takes_no_last_snapshot_of_a_replica(replica: Make) -> None:
    assert instance(replica())["DeletionPolicy"] == "Delete"


def test_lag_storage_and_connections_are_told_of_where_the_database_is(replica: Make) -> None:
    template = replica(database="notify: [team@example.org], storage_gib: 50")
    alarms = {
        alarm["Properties"]["AlarmName"]: alarm["Properties"]
        for alarm in template.all("CloudWatch::Alarm")
    }
    own = {name: alarm for name, alarm in alarms.items() if name.startswith("books-reports ")}
    assert {name.split()[1] for name in own} == {"lag", "storage", "connections"}
    for alarm in own.values():
        assert alarm["Dimensions"] == [{"Name": "DBInstanceIdentifier", "Value": "books-reports"}]
        assert alarm["AlarmActions"] == [{"Ref": template.logical_id("SNS::Topic")}]
    lag = own["books-reports lag"]
    assert (lag["MetricName"], lag["Threshold"], lag["TreatMissingData"]) == (
        "ReplicaLag",
        900,
        "breaching",
    )
    document = json.dumps(template.properties("SNS::TopicPolicy"))
    assert "alarm:books *" in document
    assert "alarm:books-reports *" in document


def test_consumers_come_through_a_bastion_of_the_replicas_own(replica: Make) -> None:
    template = replica(consumers="partner: {bastion: true}")
    assert template.properties("EC2::Instance")["Tags"][0]["Value"] == "bastion books-reports"
    outputs = template.template.find_outputs("*")
    assert "BooksReportsReplicaTunnel" in outputs


def test_another_replica_or_consumer_touches_nothing_that_is_there(replica: Make) -> None:
    before = replica().template.to_json()["Resources"]
    after = replica(consumers=f"another: {{from: [198.51.100.0/24]}}, {PARTNER}")
    changed = {
        name
        for name, each in after.template.to_json()["Resources"].items()
        if before.get(name, each) != each
    }
    assert {before[name]["Type"] for name in changed} == {"AWS::RDS::DBInstance"}
    assert before.keys() < after.template.to_json()["Resources"].keys()
