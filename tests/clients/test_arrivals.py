"""The alarm that no backup arrived, as CloudWatch, S3 and SNS answer after the deployment."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import NOTIFIED, Backups

pytestmark = [pytest.mark.clients, pytest.mark.embedded, pytest.mark.xdist_group("clients")]


@pytest.fixture
def alarm(backups: Backups) -> Any:
    alarms = backups.client("cloudwatch").describe_alarms(AlarmNames=["nightly-dumps arrivals"])
    (found,) = alarms["MetricAlarms"]
    return found


def test_a_day_without_a_new_object_raises_the_alarm_and_silence_counts(alarm: Any) -> None:
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 24 * 3600
    assert alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]) == alarm["EvaluationPeriods"]
    assert alarm["TreatMissingData"] == "breaching"
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/S3", "PutRequests")
    assert alarm["Statistic"] == "Sum"
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)


def test_the_bucket_counts_its_requests_under_the_name_that_the_alarm_reads(
    backups: Backups, alarm: Any
) -> None:
    dimensions = {item["Name"]: item["Value"] for item in alarm["Dimensions"]}
    assert dimensions["BucketName"] == "nightly-dumps"
    counted = backups.client("s3").get_bucket_metrics_configuration(
        Bucket="nightly-dumps", Id=dimensions["FilterId"]
    )["MetricsConfiguration"]
    assert "Filter" not in counted


def test_the_alarm_and_its_end_are_told_to_who_is_named(backups: Backups, alarm: Any) -> None:
    (topic,) = alarm["AlarmActions"]
    assert alarm["OKActions"] == [topic]
    sns = backups.client("sns")
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert [(s["Protocol"], s["Endpoint"]) for s in subscriptions] == [("email", NOTIFIED)]
