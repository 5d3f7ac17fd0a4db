from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.constructs.data.conftest import NETWORK, Data, DataTemplate

Make = Callable[[str], DataTemplate]

TOLD = "notify: [team@example.org]"
BURSTABLE = f"engine: postgresql, instance: db.t4g.small, storage_gib: 50, {TOLD}"
STEADY = f"engine: postgresql, instance: db.m7g.large, {TOLD}"
PAUSING = f"engine: aurora-postgresql, capacity: {{max: 4}}, {TOLD}"
AWAKE = f"engine: aurora-postgresql, capacity: {{min: 1, max: 4}}, {TOLD}"

TWO = f"""{NETWORK}
databases:
  one: {{engine: postgresql, instance: db.m7g.large, security_groups: [office],
    notify: [a@example.org, b@example.org]}}
  two: {{engine: postgresql, instance: db.m7g.large, security_groups: [office],
    notify: [b@example.org]}}
"""


THREE = """
  three: {engine: postgresql, instance: db.m7g.large, security_groups: [office],
    notify: [b@example.org]}
"""


def alarms(template: DataTemplate) -> dict[str, Any]:
    return {
        alarm["Properties"]["AlarmName"]: alarm["Properties"]
        for alarm in template.all("CloudWatch::Alarm")
    }


def test_nobody_is_told_and_nothing_is_paid_unasked(database: Make) -> None:
    template = database("engine: postgresql, instance: db.t4g.small")
    assert not template.all("CloudWatch::Alarm")
    assert not template.all("SNS::Topic")


def test_a_full_disk_is_told_of_in_time(database: Make) -> None:
    alarm = alarms(database(BURSTABLE))["books storage"]
    assert alarm["MetricName"] == "FreeStorageSpace"
    assert alarm["ComparisonOperator"] == "LessThanThreshold"
    assert alarm["Threshold"] == 5 * 1024**3
    assert alarm["Dimensions"] == [{"Name": "DBInstanceIdentifier", "Value": "books"}]


def test_connections_that_run_out_are_told_of(database: Make) -> None:
    instance = alarms(database(STEADY))["books connections"]
    assert instance["MetricName"] == "DatabaseConnections"
    assert instance["ComparisonOperator"] == "GreaterThanThreshold"
    assert 600 < instance["Threshold"] < 800
    cluster = alarms(database(PAUSING))["books connections"]
    assert cluster["Threshold"] == 658
    assert cluster["Dimensions"] == [{"Name": "DBClusterIdentifier", "Value": "books"}]


def test_cpu_credits_matter_to_burstable_classes_alone(database: Make) -> None:
    alarm = alarms(database(BURSTABLE))["books cpu-credits"]
    assert alarm["MetricName"] == "CPUCreditBalance"
    assert alarm["ComparisonOperator"] == "LessThanThreshold"
    assert "books cpu-credits" not in alarms(database(STEADY))


def test_aurora_that_could_pause_and_never_does_is_told_of(database: Make) -> None:
    alarm = alarms(database(PAUSING))["books awake"]
    assert alarm["MetricName"] == "ServerlessDatabaseCapacity"
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Minimum", 0)
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 24 * 3600
    assert "books awake" not in alarms(database(AWAKE))


def test_every_alarm_tells_when_it_begins_and_when_it_ends(database: Make) -> None:
    template = database(BURSTABLE)
    topic = [{"Ref": template.logical_id("SNS::Topic")}]
    for alarm in alarms(template).values():
        assert (alarm["AlarmActions"], alarm["OKActions"]) == (topic, topic)


def test_everybody_hears_of_their_own_databases(data: Data) -> None:
    template = data(TWO)
    topics = {
        topic["Properties"]["DisplayName"]: logical_id
        for logical_id, topic in template.template.find_resources("AWS::SNS::Topic").items()
    }
    told = {
        (each["Properties"]["TopicArn"]["Ref"], each["Properties"]["Endpoint"])
        for each in template.all("SNS::Subscription")
    }
    one, two = topics["Database one"], topics["Database two"]
    assert told == {(one, "a@example.org"), (one, "b@example.org"), (two, "b@example.org")}


def test_a_subscription_has_nothing_that_another_database_changes(data: Data) -> None:
    before = data(TWO).template.find_resources("AWS::SNS::Subscription")
    after = data(TWO + THREE).template.find_resources("AWS::SNS::Subscription")
    assert before.items() < after.items()
    assert not any("FilterPolicy" in each["Properties"] for each in after.values())


def test_only_alarms_of_this_account_publish_and_only_over_tls(database: Make) -> None:
    template = database(STEADY)
    document = template.properties("SNS::TopicPolicy")["PolicyDocument"]
    statements = {statement["Effect"]: statement for statement in document["Statement"]}
    assert statements["Deny"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statements["Deny"]["Principal"] == "*"
    assert statements["Allow"]["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statements["Allow"]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:books *"},
    }
