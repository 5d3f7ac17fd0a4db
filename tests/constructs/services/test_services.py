"""The alarms of a container service, and who replaces its tasks, with which rights."""

from __future__ import annotations

import json
from typing import Any

from tests.conftest import ACCOUNT, templates_of

SERVICE = "cluster: main, service: metabase, notify: [a@example.org]"
ARN = "arn:aws:ecs:us-east-1:123456789012:service/main/metabase"


def resources(fields: str = "", kind: str = "") -> list[dict[str, Any]]:
    found = templates_of(f"{ACCOUNT}services: {{bi: {{{SERVICE}{fields}}}}}")["services-us-east-1"]
    every = found.to_json()["Resources"].values()
    return [each["Properties"] for each in every if each["Type"] == f"AWS::{kind}"]


def alarms(fields: str = "") -> dict[str, Any]:
    return {alarm["AlarmName"]: alarm for alarm in resources(fields, "CloudWatch::Alarm")}


def test_cpu_and_memory_are_watched_by_the_minute_and_without_tasks_none_is_used() -> None:
    found = alarms(", cpu_above: 80, memory_above: 70, for: 10m")
    for name, metric, share in (
        ("bi cpu", "CPUUtilization", 80),
        ("bi memory", "MemoryUtilization", 70),
    ):
        alarm = found[name]
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/ECS", metric)
        assert {d["Name"]: d["Value"] for d in alarm["Dimensions"]} == {
            "ClusterName": "main",
            "ServiceName": "metabase",
        }
        assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", share)
        assert (alarm["Period"], alarm["EvaluationPeriods"]) == (60, 10)
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["AlarmActions"] == alarm["OKActions"] != []


def test_a_service_without_a_task_raises_an_alarm_where_nobody_counts_the_desired_ones() -> None:
    alarm = alarms()["bi tasks"]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("CPUUtilization", "SampleCount")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["EvaluationPeriods"] == 15


def test_with_container_insights_fewer_tasks_than_desired_raise_it() -> None:
    alarm = alarms(", container_insights: true")["bi tasks"]
    math, *metrics = alarm["Metrics"]
    assert math["Expression"] == "desired - running"
    assert {m["Id"]: m["MetricStat"]["Metric"]["MetricName"] for m in metrics} == {
        "desired": "DesiredTaskCount",
        "running": "RunningTaskCount",
    }
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
    assert alarm["TreatMissingData"] == "breaching"


def test_a_deployment_that_keeps_failing_is_published_for_this_service_alone() -> None:
    (rule,) = resources(kind="Events::Rule")
    assert rule["EventPattern"]["resources"] == [ARN]
    assert rule["EventPattern"]["detail"]["eventName"] == [
        "SERVICE_DEPLOYMENT_FAILED",
        "SERVICE_TASK_START_IMPAIRED",
    ]
    (policy,) = resources(kind="SNS::TopicPolicy")
    publishers = {
        statement["Principal"]["Service"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    }
    assert publishers == {"cloudwatch.amazonaws.com", "events.amazonaws.com"}


def test_nothing_is_replaced_unasked() -> None:
    assert not resources(kind="StepFunctions::StateMachine")
    assert not resources(kind="IAM::Role")


def test_the_role_that_replaces_reaches_one_service_and_its_topic() -> None:
    roles = resources(", replace: true", "IAM::Role")
    statements = [
        statement
        for role in roles
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert [statement["Action"] for statement in statements] == [
        ["ecs:DescribeServices", "ecs:UpdateService"],
        "sns:Publish",
        "states:StartExecution",
    ]
    assert statements[0]["Resource"] == ARN
    assert all("*" not in json.dumps(statement["Resource"]) for statement in statements)


def test_step_functions_takes_the_role_for_this_account_alone() -> None:
    (trust,) = (
        statement
        for role in resources(", replace: true", "IAM::Role")
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "states.amazonaws.com"}
    )
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_the_cpu_alarm_starts_the_replacement_and_its_end_does_not() -> None:
    rules = resources(", replace: true", "Events::Rule")
    (rule,) = [rule for rule in rules if rule["EventPattern"]["source"] == ["aws.cloudwatch"]]
    assert rule["EventPattern"]["detail"] == {"state": {"value": ["ALARM"]}}
    (alarm,) = rule["EventPattern"]["resources"]
    assert alarm["Fn::GetAtt"][0].startswith("servicesbicpu")
