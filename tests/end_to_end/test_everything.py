"""The file of every field, deployed twice, in an account that holds several environments."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from embedded import processes
from groundwork.data.audit import access_parameters
from runbook.base import aws
from runbook.base.outputs import Outputs
from settings import load
from settings.contract import Output, output_key
from settings.plan import plans
from tests.end_to_end.conftest import Command, Deployed
from tests.instances import client_of

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("everything")]


def test_every_stack_of_the_plans_is_deployed_under_its_environments_name(
    deployed: Deployed,
) -> None:
    assert deployed.first.status == 0, deployed.first.errors
    for plan in plans(load(deployed.file)):
        found = deployed.client("cloudformation", plan.region).describe_stacks(StackName=plan.name)
        assert found["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
        assert plan.name.startswith("production-")


def test_the_same_file_again_changes_nothing(deployed: Deployed) -> None:
    assert deployed.second.status == 0, deployed.second.errors
    assert "Nothing changed" in deployed.second.output


def test_the_runbook_finds_every_output_that_a_plan_promises(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = partial(deployed.client, "cloudformation")
    monkeypatch.setattr(aws, "cloudformation", client)
    settings = load(deployed.file)
    outputs = Outputs(settings)
    for plan in plans(settings):
        for kind, item in plan.outputs:
            assert outputs.by_region(kind, item)[plan.region]


def test_names_that_the_account_knows_once_carry_the_environment(deployed: Deployed) -> None:
    users = deployed.client("iam", "us-east-1").list_users()["Users"]
    names = {user["UserName"] for user in users}
    assert {"production-credere", "production-files", "production-database"} <= names
    topics = deployed.client("sns", "us-east-1").list_topics()["Topics"]
    named = {topic["TopicArn"].rpartition(":")[2] for topic in topics}
    assert {"production-mail-alarms", "production-data-example-org"} <= named


@pytest.fixture(scope="module")
def service(deployed: Deployed) -> Any:
    """The ECS service that the file watches, deployed two hours ago, as ECS describes it."""
    ecs = deployed.client("ecs", "us-east-1")
    ecs.create_cluster(clusterName="main")
    container = {"name": "metabase", "image": "metabase"}
    ecs.register_task_definition(family="metabase", containerDefinitions=[container])
    earlier = {"key": "embedded:created-at", "value": f"{datetime.now(UTC) - timedelta(hours=2)}"}
    named = {"taskDefinition": "metabase", "desiredCount": 0, "tags": [earlier]}
    return ecs.create_service(cluster="main", serviceName="metabase", **named)["service"]


@pytest.fixture(scope="module")
def machine(deployed: Deployed) -> str:
    machines = deployed.client("stepfunctions", "us-east-1").list_state_machines()["stateMachines"]
    (found,) = [each for each in machines if "metabase" in each["name"]]
    return str(found["stateMachineArn"])


def alarmed(deployed: Deployed, machine: str) -> tuple[str, str]:
    """Idle a minute, be saturated for as long as the alarm asks, and return what the machine said
    that its event started, and the service's deployment then."""
    machines = deployed.client("stepfunctions", "us-east-1")

    def executions() -> dict[str, str]:
        listed = machines.list_executions(stateMachineArn=machine)["executions"]
        return {each["executionArn"]: each["status"] for each in listed}

    before = executions()
    use(deployed, datetime.now(UTC) + timedelta(days=len(before)))
    assert processes.until(lambda: len(executions()) == len(before) + 1, 30)
    (started,) = executions().keys() - before.keys()
    assert processes.until(lambda: executions()[started] != "RUNNING", 30)
    found = machines.describe_execution(executionArn=started)
    assert found["status"] == "SUCCEEDED", found
    assert json.loads(found["input"])["detail"]["alarmName"] == "production-metabase cpu"
    ecs = deployed.client("ecs", "us-east-1")
    (now,) = ecs.describe_services(cluster="main", services=["metabase"])["services"]
    return json.loads(found["output"])["said"], now["deployments"][0]["id"]


def use(deployed: Deployed, begin: datetime) -> None:
    """Let the service use little of its CPU for a minute, and then nearly all of it."""
    cloudwatch = deployed.client("cloudwatch", "us-east-1")
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["production-metabase cpu"])["MetricAlarms"]
    named = {key: alarm[key] for key in ("MetricName", "Dimensions")}
    for minutes, percent in (((0,), 5), (range(1, alarm["EvaluationPeriods"] + 1), 99)):
        data = [
            {**named, "Value": percent, "Timestamp": begin + timedelta(minutes=minute)}
            for minute in minutes
        ]
        cloudwatch.put_metric_data(Namespace=alarm["Namespace"], MetricData=data)


def test_an_alarm_replaces_a_saturated_service_once_and_not_again_within_the_hour(
    deployed: Deployed, service: Any, machine: str
) -> None:
    said, first = alarmed(deployed, machine)
    assert "a new deployment replaces its tasks" in said
    assert first != service["deployments"][0]["id"]
    said, second = alarmed(deployed, machine)
    assert "left alone: it was deployed within the last hour" in said
    assert second == first


def test_a_replica_is_reached_by_its_consumers_alone(deployed: Deployed) -> None:
    rds, ec2 = deployed.client("rds", "us-east-1"), deployed.client("ec2", "us-east-1")
    found = {each["DBInstanceIdentifier"]: each for each in described(rds)}
    replica, database = found["production-analysis-reports"], found["production-analysis"]
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == "production-analysis"
    own, theirs = (
        {group["VpcSecurityGroupId"] for group in each["VpcSecurityGroups"]}
        for each in (replica, database)
    )
    assert not own & theirs
    groups = ec2.describe_security_groups(GroupIds=[*own])["SecurityGroups"]
    blocks = {
        source["CidrIp"]
        for group in groups
        for rule in group["IpPermissions"]
        for source in rule["IpRanges"]
    }
    assert blocks == {"192.0.2.0/24"}


def described(rds: Any) -> list[dict[str, Any]]:
    return [*rds.describe_db_instances()["DBInstances"]]


def test_a_replica_logs_who_connects_and_every_statement(deployed: Deployed) -> None:
    rds, logs = deployed.client("rds", "us-east-1"), deployed.client("logs", "us-east-1")
    (replica,) = (r for r in described(rds) if r.get("ReadReplicaSourceDBInstanceIdentifier"))
    (group,) = (each["DBParameterGroupName"] for each in replica["DBParameterGroups"])
    parameters = {
        each["ParameterName"]: each.get("ParameterValue")
        for page in rds.get_paginator("describe_db_parameters").paginate(DBParameterGroupName=group)
        for each in page["Parameters"]
    }
    assert access_parameters(replica["EngineVersion"]).items() <= parameters.items()
    (kept,) = logs.describe_log_groups(
        logGroupNamePrefix="/aws/rds/instance/production-analysis-reports/"
    )["logGroups"]
    assert kept["retentionInDays"] == 30


def test_a_consumers_secret_leads_to_the_replica(deployed: Deployed) -> None:
    stack = deployed.client("cloudformation", "us-east-1").describe_stacks(
        StackName="production-data-us-east-1-second"
    )["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    secret = outputs[output_key(Output.CONSUMER_SECRET, "analysis/reports/partner")]
    role = "arn:aws:iam::123456789012:role/partner"
    made = deployed.client("sts", "us-east-1").assume_role(RoleArn=role, RoleSessionName="test")
    credentials = {
        "aws_access_key_id": made["Credentials"]["AccessKeyId"],
        "aws_secret_access_key": made["Credentials"]["SecretAccessKey"],
        "aws_session_token": made["Credentials"]["SessionToken"],
    }
    client = client_of(deployed.instance, "secretsmanager", credentials=credentials)
    value = json.loads(client.get_secret_value(SecretId=secret)["SecretString"])
    address = outputs[output_key(Output.REPLICA_ADDRESS, "analysis-reports")]
    assert f"{value['host']}:{value['port']}" == address
    assert (value["username"], value["dbname"]) == ("partner_reads", "numbers")
    assert len(value["password"]) == 40


@pytest.fixture(scope="module")
def at(deployed: Deployed) -> Command:
    """Run the command with the deployed file."""
    return deployed.run


def test_a_database_is_shown_with_its_replicas_and_who_reads_them(at: Command) -> None:
    (replica,) = json.loads(at("database show analysis --json").output)["replicas"]
    assert (replica["name"], replica["public"], [*replica["consumers"]]) == (
        "reports",
        True,
        ["partner"],
    )
    text = at("database show analysis").output
    assert f"Replica   reports: {replica['host']}, port 5432" in text
    assert (
        f"read by partner, whose login is in the secret {replica['consumers']['partner']}" in text
    )


def test_a_consumers_credentials_are_listed_and_shown_as_others(at: Command) -> None:
    listed = json.loads(at("credentials list --json").output)
    versions = {each["name"]: each["version"] for each in listed if each["kind"] == "consumer"}
    assert versions == {
        "analysis/reports/partner": 2,
        "shared/near/auditor": 1,
        "shared/near/partner-too": 1,
    }
    shown = at("credentials show analysis/reports/partner --as env")
    assert "PGUSER=partner_reads" in shown.output, shown.errors
    assert "PGDATABASE=numbers" in shown.output


def test_a_consumer_of_aurora_is_shown_the_proxys_endpoint_and_its_authorities(
    deployed: Deployed, at: Command
) -> None:
    endpoints = deployed.client("rds", "us-east-1").describe_db_proxy_endpoints()
    (endpoint,) = (e for e in endpoints["DBProxyEndpoints"] if e["TargetRole"] == "READ_ONLY")
    shown = at("credentials show shared/near/partner-too --as env")
    assert f"PGHOST={endpoint['Endpoint']}" in shown.output, shown.errors
    assert "PGSSLROOTCERT=/etc/ssl/certs/ca-certificates.crt" in shown.output
    refused = at("database connect shared --replica near")
    assert "takes the logins of its consumers alone" in refused.errors


def test_the_sql_for_consumers_names_what_the_file_declares(at: Command) -> None:
    text = at("database users analysis --consumers").output
    assert 'GRANT USAGE ON SCHEMA "reports" TO "partner_reads"' in text
    assert at("database users analysis --consumers --reader x").status == 1


def test_a_password_reaches_the_database_as_a_digest_on_no_command_line(
    deployed: Deployed, at: Command, tmp_path: Path
) -> None:
    psql = tmp_path / "psql"
    psql.write_text(f'#!/bin/sh\ncat > "{tmp_path}/script"\necho "$@" "$PGUSER" "$PGHOST"\n')
    psql.chmod(0o755)
    (tmp_path / "ca.pem").touch()
    arguments = f"database passwords analysis --ca {tmp_path}/ca.pem"
    run = deployed.start(arguments, f'PATH="{tmp_path}:$PATH"')
    assert run.status == 0, run.errors
    assert "Set: partner_reads." in run.output
    assert " analyst " in run.output
    script = (tmp_path / "script").read_text()
    assert 'ALTER ROLE "partner_reads" PASSWORD \'SCRAM-SHA-256$4096:' in script
    shown = json.loads(at("credentials show analysis/reports/partner --as json").output)
    assert shown["password"] not in script + run.output
