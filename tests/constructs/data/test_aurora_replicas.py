"""Readers of Aurora for consumers: what the proxy knows, logs and leads to."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest

from groundwork.data.audit import access_parameters
from tests.constructs.data.conftest import Data, DataTemplate

iam_evaluator: Any = import_module("ministack.core.iam_evaluator")
ROLES = "arn:aws:iam::123456789012:role"
TEXT = """
bastion: true
networks:
  main:
    cidr: 10.0.0.0/16
    subnets: {10.0.1.0/24: a, 10.0.2.0/24: b, 10.0.3.0/24: a, 10.0.4.0/24: b, 10.0.5.0/24: c}
security_groups:
  office: {description: The office, postgresql_from: [203.0.113.0/24]}
databases:
  common:
    engine: aurora-postgresql
    capacity: {min: 0.5, max: 2}
    security_groups: [office]
    notify: [a@example.org]
    proxy_subnets: [10.0.1.0/24, 10.0.2.0/24]
    replicas:
      reports:
        subnets: [10.0.3.0/24, 10.0.4.0/24]
        log_days: 400
        consumers:
          partner: {from: [10.0.9.0/24], schemas: [reports]}
          auditor:
            bastion: true
            credentials: {readers: ["arn:aws:iam::123456789012:role/auditor"]}
      plain: {consumers: {third: {from: [10.0.8.0/24], user: reader}}}
"""


@pytest.fixture(scope="module")
def template(data: Data) -> DataTemplate:
    return data(TEXT)


def named(template: DataTemplate, kind: str, key: str) -> dict[str, Any]:
    return {
        each["Properties"][key]: each for each in template.all(kind) if key in each["Properties"]
    }


def test_a_replica_is_a_reader_that_is_made_after_the_writer_and_takes_over_last(
    template: DataTemplate,
) -> None:
    found = named(template, "RDS::DBInstance", "DBInstanceIdentifier")
    assert found.keys() == {"common-reports", "common-plain"}
    (cluster,) = template.template.find_resources("AWS::RDS::DBCluster")
    for reader in found.values():
        properties = reader["Properties"]
        assert properties["DBClusterIdentifier"] == {"Ref": cluster}
        assert (properties["DBInstanceClass"], properties["PromotionTier"]) == ("db.serverless", 15)
        assert properties["PubliclyAccessible"] is False
        assert any("writer" in name for name in reader["DependsOn"])


def test_each_replica_has_an_endpoint_that_leads_to_readers(template: DataTemplate) -> None:
    found = named(template, "RDS::DBProxyEndpoint", "DBProxyEndpointName")
    assert found.keys() == {"common-reports", "common-plain"}
    assert {each["Properties"]["TargetRole"] for each in found.values()} == {"READ_ONLY"}
    reports, plain = (found[name]["Properties"] for name in ("common-reports", "common-plain"))
    assert len(reports["VpcSecurityGroupIds"]) == 2
    assert len(plain["VpcSecurityGroupIds"]) == 1
    blocks = [str(each["Ref"]) for each in reports["VpcSubnetIds"]]
    assert ["1003024" in blocks[0], "1004024" in blocks[1], len(blocks)] == [True, True, 2]


def places(template: DataTemplate, kind: str = "RDS::DBProxy") -> list[list[str]]:
    return [[at["Ref"] for at in each["Properties"]["VpcSubnetIds"]] for each in template.all(kind)]


def test_a_proxy_is_in_the_blocks_that_are_named_for_it(template: DataTemplate) -> None:
    ((first, second),) = places(template)
    assert ["1001024" in first, "1002024" in second] == [True, True]


def test_a_lower_block_moves_no_proxy(data: Data, template: DataTemplate) -> None:
    text = TEXT.replace("subnets: {10.0.1.0/24: a,", "subnets: {10.0.0.0/24: a, 10.0.1.0/24: a,")
    made = data(text)
    assert places(made) == places(template)
    endpoints = "RDS::DBProxyEndpoint"
    assert places(made, endpoints) == places(template, endpoints)


def test_an_endpoint_is_made_once_the_proxy_leads_to_a_cluster_with_a_reader(
    template: DataTemplate,
) -> None:
    (name, registered), *others = template.template.find_resources("Custom::DBProxyTargets").items()
    assert not others
    assert len([each for each in registered["DependsOn"] if "instance" in each]) == 2
    assert registered["Properties"]["Cluster"] == "common"
    for endpoint in template.all("RDS::DBProxyEndpoint"):
        assert endpoint["DependsOn"] == [name]


def test_cloudformation_waits_for_no_login_that_people_make_later(template: DataTemplate) -> None:
    assert template.properties("RDS::DBProxyTargetGroup") == {
        "DBProxyName": {"Ref": template.logical_id("RDS::DBProxy")},
        "TargetGroupName": "default",
        "ConnectionPoolConfigurationInfo": {
            "ConnectionBorrowTimeout": 30,
            "MaxConnectionsPercent": 50,
        },
    }


def test_a_cluster_is_deleted_once_no_proxy_leads_to_it(template: DataTemplate) -> None:
    (group,) = template.all("RDS::DBProxyTargetGroup")
    assert template.logical_id("RDS::DBCluster") in group["DependsOn"]


def test_who_registers_a_cluster_may_do_nothing_else(template: DataTemplate) -> None:
    (policy,) = (
        each["Properties"]["PolicyDocument"]["Statement"]
        for each in template.all("IAM::Policy")
        if "RegisterDBProxyTargets" in json.dumps(each)
    )
    (statement,) = policy
    assert statement["Action"] == ["rds:DescribeDBProxyTargets", "rds:RegisterDBProxyTargets"]
    assert "*" not in json.dumps(statement["Resource"])
    assert len(statement["Resource"]) == 6


def test_the_proxy_takes_the_logins_of_consumers_alone_over_tls(template: DataTemplate) -> None:
    proxy = template.properties("RDS::DBProxy")
    assert proxy["RequireTLS"] is True
    assert [login["Description"] for login in proxy["Auth"]] == [
        "plain/third",
        "reports/auditor",
        "reports/partner",
    ]
    assert {login["IAMAuth"] for login in proxy["Auth"]} == {"DISABLED"}
    secrets = template.template.find_resources("AWS::SecretsManager::Secret")
    (owner,) = (name for name in secrets if "password" in name)
    assert owner not in json.dumps(proxy)


def test_the_role_of_the_proxy_reads_those_logins_and_nothing_else(template: DataTemplate) -> None:
    trusted = "rds.amazonaws.com"
    (role,) = (
        each["Properties"]
        for each in template.all("IAM::Role")
        if trusted in json.dumps(each["Properties"]["AssumeRolePolicyDocument"])
    )
    (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "secretsmanager:GetSecretValue"
    logins = [login["SecretArn"]["Ref"] for login in template.properties("RDS::DBProxy")["Auth"]]
    assert sorted(each["Ref"] for each in statement["Resource"]) == sorted(logins)


@pytest.mark.parametrize(
    ("role", "refused"), [("proxy", False), (None, False), ("auditor", False), ("other", True)]
)
def test_a_closed_secret_refuses_no_proxy_whether_its_requests_name_it_or_not(
    template: DataTemplate, role: str | None, refused: bool
) -> None:
    policy = template.properties("SecretsManager::ResourcePolicy")["ResourcePolicy"]
    (deny,) = (each for each in policy["Statement"] if each["Effect"] == "Deny")
    let_in = deny["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
    assert "proxyrole" in json.dumps(let_in)
    let_in[:] = [f"{ROLES}/proxy" if "proxyrole" in str(each) else str(each) for each in let_in]
    assert iam_evaluator._conditions_met(deny["Condition"], context(role)) is refused


def context(role: str | None) -> Any:
    """A request to read a secret; without a role, one that has no `aws:PrincipalArn`."""
    return iam_evaluator.EvalContext(
        principal_arn=f"{ROLES}/{role}" if role else None,
        principal_type="AssumedRole",
        principal_account="123456789012",
        action="secretsmanager:GetSecretValue",
        resource_arn="*",
        region="us-east-1",
    )


def test_a_login_has_no_address_as_it_is_there_before_the_proxy(template: DataTemplate) -> None:
    texts = [
        json.dumps(each["Properties"]["GenerateSecretString"]["SecretStringTemplate"])
        for each in template.all("SecretsManager::Secret")
    ]
    (login,) = (text for text in texts if "reader" in text)
    assert "host" not in login
    assert "dbname" in login


def test_every_instance_logs_who_reads_and_what_as_each_may_become_a_reader(
    template: DataTemplate,
) -> None:
    parameters = template.properties("RDS::DBClusterParameterGroup")["Parameters"]
    assert parameters == access_parameters("18")
    groups = named(template, "Logs::LogGroup", "LogGroupName")
    for name in ("/aws/rds/cluster/common/postgresql", "/aws/rds/proxy/common"):
        assert groups[name]["Properties"]["RetentionInDays"] == 400


def test_where_pgaudit_logs_the_consumers_nobody_elses_statements_are_logged(data: Data) -> None:
    named = "pgaudit: [ddl]\n    log_statements: consumers\n    replicas:"
    parameters = data(TEXT.replace("replicas:", named)).properties("RDS::DBClusterParameterGroup")
    found = parameters["Parameters"]
    assert "log_statement" not in found
    assert (found["log_connections"], found["pgaudit.log"]) == ("all", "ddl")


def test_passwords_pass_the_proxy_since_the_cluster_takes_no_tokens(template: DataTemplate) -> None:
    assert template.properties("RDS::DBCluster")["EnableIAMDatabaseAuthentication"] is False


def test_the_lag_of_the_cluster_and_the_connections_of_each_reader_raise_alarms(
    template: DataTemplate,
) -> None:
    alarms = named(template, "CloudWatch::Alarm", "AlarmName")
    lag = alarms["common lag"]["Properties"]
    assert lag["MetricName"] == "AuroraReplicaLagMaximum"
    assert (lag["Threshold"], lag["TreatMissingData"]) == (60_000, "breaching")
    assert {"common-reports connections", "common-plain connections"} <= alarms.keys()


def test_the_alarm_of_a_reader_is_about_the_connections_that_its_proxy_opens(
    template: DataTemplate,
) -> None:
    alarms = named(template, "CloudWatch::Alarm", "AlarmName")
    cluster, reader = (
        alarms[f"{name} connections"]["Properties"]["Threshold"]
        for name in ("common", "common-reports")
    )
    (targets,) = template.all("RDS::DBProxyTargetGroup")
    pool = targets["Properties"]["ConnectionPoolConfigurationInfo"]
    assert reader == 160
    assert cluster * pool["MaxConnectionsPercent"] // 100 == reader


def test_without_replicas_nothing_of_it_is_there(data: Data) -> None:
    template = data(TEXT[: TEXT.index("    proxy_subnets:")])
    assert not template.all("RDS::DBProxy")
    assert template.properties("RDS::DBCluster")["EnableIAMDatabaseAuthentication"] is True
    assert template.properties("RDS::DBClusterParameterGroup")["Parameters"] == {
        "rds.force_ssl": "1"
    }
