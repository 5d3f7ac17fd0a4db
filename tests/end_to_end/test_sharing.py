"""The second example, deployed: who reads what, and through what."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

import embedded
from settings import parse
from settings.contract import Output, output_key
from settings.plan import plans
from tests.conftest import ROOT, templates_of
from tests.embedded.conftest import Aws
from tests.end_to_end.conftest import make_role

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("databases")]

EXAMPLE = (ROOT / "docs" / "examples" / "sharing.yaml").read_text()
REGION = "us-east-1"
DAY = 86_400


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """The embedded AWS with all stacks of the example."""
    directory = tmp_path_factory.mktemp("sharing")
    aws = Aws(embedded.start(directory, "123456789012", REGION))
    try:
        make_role(aws.client("iam"), "analysts")
        places = {REGION: aws}
        for plan in plans(parse(EXAMPLE)):
            template = templates_of(EXAMPLE)[plan.name].to_json()
            outputs = {name: each["Value"] for name, each in template.get("Outputs", {}).items()}
            place = places.setdefault(plan.region, Aws(aws.instance, plan.region))
            place.deploy(plan.name, template["Resources"], **outputs)
        yield aws
    finally:
        embedded.stop(directory)


def output(aws: Aws, kind: Output, item: str) -> str:
    client = aws.client("cloudformation")
    (stack,) = client.describe_stacks(StackName=f"data-{REGION}")["Stacks"]
    return str({o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}[output_key(kind, item)])


@pytest.fixture(scope="module")
def endpoint(aws: Aws) -> dict[str, Any]:
    """The endpoint by which consumers of Aurora come."""
    endpoints = aws.client("rds").describe_db_proxy_endpoints()["DBProxyEndpoints"]
    (found,) = (each for each in endpoints if not each["IsDefault"])
    return dict(found)


def test_all_its_stacks_are_deployed(aws: Aws) -> None:
    for plan in plans(parse(EXAMPLE)):
        client = aws.client("cloudformation", plan.region)
        (found,) = client.describe_stacks(StackName=plan.name)["Stacks"]
        assert found["StackStatus"] == "CREATE_COMPLETE"


def test_consumers_of_aurora_have_the_address_of_an_endpoint_of_readers(
    aws: Aws, endpoint: dict[str, Any]
) -> None:
    assert endpoint["TargetRole"] == "READ_ONLY"
    address = output(aws, Output.REPLICA_ADDRESS, "orders-figures")
    assert address == f"{endpoint['Endpoint']}:5432"


def test_no_group_of_a_consumer_is_the_clusters_and_the_proxy_admits_nobody(
    aws: Aws, endpoint: dict[str, Any]
) -> None:
    named = {"DBClusterIdentifier": "orders"}
    (cluster,) = aws.client("rds").describe_db_clusters(**named)["DBClusters"]
    (proxy,) = aws.client("rds").describe_db_proxies()["DBProxies"]
    theirs = {each["VpcSecurityGroupId"] for each in cluster["VpcSecurityGroups"]}
    assert not theirs & {*endpoint["VpcSecurityGroupIds"]}
    found = aws.client("ec2").describe_security_groups(GroupIds=proxy["VpcSecurityGroupIds"])
    (group,) = found["SecurityGroups"]
    assert group["IpPermissions"] == []
    admitted = {
        pair["GroupId"]
        for each in aws.client("ec2").describe_security_groups(GroupIds=[*theirs])["SecurityGroups"]
        for rule in each["IpPermissions"]
        for pair in rule["UserIdGroupPairs"]
    }
    assert group["GroupId"] in admitted


def test_the_proxy_leads_to_its_cluster_before_any_login_is_made(aws: Aws) -> None:
    targets = aws.client("rds").describe_db_proxy_targets(DBProxyName="orders")["Targets"]
    clusters = [each for each in targets if each["Type"] == "TRACKED_CLUSTER"]
    assert [each["RdsResourceId"] for each in clusters] == ["orders"]


def test_what_asks_a_restored_copy_is_in_the_network_of_its_database(aws: Aws) -> None:
    functions = aws.client("lambda").list_functions()["Functions"]
    placed = [each["VpcConfig"] for each in functions if each.get("VpcConfig", {}).get("VpcId")]
    rds = aws.client("rds")
    (books,) = rds.describe_db_instances(DBInstanceIdentifier="books")["DBInstances"]
    group = books["DBSubnetGroup"]
    (function,) = placed
    assert function["VpcId"] == group["VpcId"]
    assert {*function["SubnetIds"]} == {each["SubnetIdentifier"] for each in group["Subnets"]}


WATCHED = {
    "books storage",
    "books connections",
    "books-reports lag",
    "books-reports connections",
    "orders lag",
    "orders-figures connections",
    "catalogue awake",
    "books drill failed",
    "catalogue drill missing",
    "metabase cpu",
    "metabase tasks",
}


def test_every_alarm_on_a_metric_goes_off_and_ends_with_it(aws: Aws) -> None:
    at = now = time.time()
    pages = aws.client("cloudwatch").get_paginator("describe_alarms").paginate()
    alarms = [alarm for page in pages for alarm in page["MetricAlarms"] if "MetricName" in alarm]
    assert {alarm["AlarmName"] for alarm in alarms} >= WATCHED
    silent = [alarm for alarm in alarms if alarm["Statistic"] == "SampleCount"]
    for alarm in silent:
        assert state(aws, alarm, 1, now - DAY) == "ALARM", alarm["AlarmName"]
        assert state(aws, alarm, 1, now) == "OK", alarm["AlarmName"]
    for alarm in alarms:
        if alarm in silent:
            continue
        bad, good = values(alarm)
        times = [at + alarm["Period"] * each for each in range(alarm["EvaluationPeriods"] + 1)]
        assert state(aws, alarm, bad, *times[:-1]) == "ALARM", alarm["AlarmName"]
        assert state(aws, alarm, good, times[-1]) == "OK", alarm["AlarmName"]
        # Two alarms may be on one metric: each has a time of its own.
        at = times[-1] + DAY


def values(alarm: Any) -> tuple[float, float]:
    """A value that passes the threshold, and one that does not."""
    less, more = alarm["Threshold"] - 1, alarm["Threshold"] + 1
    return (more, less) if alarm["ComparisonOperator"].startswith("Greater") else (less, more)


def state(aws: Aws, alarm: Any, value: float, *times: float) -> str:
    """Put a value at some times, and return the state that the alarm has then."""
    named = {key: alarm[key] for key in ("MetricName", "Dimensions")}
    data = [{**named, "Value": value, "Timestamp": each} for each in times]
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_data(Namespace=alarm["Namespace"], MetricData=data)
    (found,) = cloudwatch.describe_alarms(AlarmNames=[alarm["AlarmName"]])["MetricAlarms"]
    return str(found["StateValue"])


def test_the_proxy_knows_the_secrets_of_consumers(aws: Aws) -> None:
    (proxy,) = aws.client("rds").describe_db_proxies()["DBProxies"]
    consumers = ("analysts", "shipper")
    secrets = {output(aws, Output.CONSUMER_SECRET, f"orders/figures/{name}") for name in consumers}
    assert {login["SecretArn"] for login in proxy["Auth"]} == secrets


def test_another_password_is_known_to_the_proxy_as_it_is_the_same_secret(aws: Aws) -> None:
    name = output(aws, Output.CONSUMER_SECRET, "orders/figures/shipper")

    def password() -> str:
        value = aws.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
        return str(json.loads(value)["password"])

    before = password()
    text = EXAMPLE.replace(
        "shipper: {from: [10.1.0.0/24],",
        "shipper: {from: [10.1.0.0/24], credentials: {version: 2},",
    )
    template = templates_of(text)[f"data-{REGION}"].to_json()
    aws.deploy(f"data-{REGION}", template["Resources"])
    assert password() != before
    (proxy,) = aws.client("rds").describe_db_proxies()["DBProxies"]
    assert name in [login["SecretArn"] for login in proxy["Auth"]]


def test_the_named_role_may_open_the_tunnel_of_its_replica_alone(aws: Aws) -> None:
    iam = aws.client("iam")
    (policy,) = iam.list_attached_role_policies(RoleName="analysts")["AttachedPolicies"]
    assert "ordersreplicasfigures" in policy["PolicyName"]
