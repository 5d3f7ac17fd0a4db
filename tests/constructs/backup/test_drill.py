"""What a drill's user may do besides reading, and the alarms about its drills."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk.assertions import Template

CONFIGURATION = """
backup:
  buckets:
    ocp:
      notify: [a@example.org]
      users:
        files: {tool: files, prefix: files}
        restore: {tool: read-only, prefix: files, drill: {of: files, every: 3d}}
        other: {tool: read-only, prefix: files}
"""


@pytest.fixture
def template(templates: Callable[[str], dict[str, Template]]) -> Template:
    return templates(CONFIGURATION)["backup-us-east-1"]


def test_it_records_below_a_folder_of_its_own_and_measures_in_one_namespace(
    template: Template,
) -> None:
    policies = template.find_resources("AWS::IAM::ManagedPolicy").values()
    (policy,) = [p for p in policies if "drills/" in str(p)]
    record, measure = policy["Properties"]["PolicyDocument"]["Statement"]
    assert record["Action"] == "s3:PutObject"
    assert record["Resource"]["Fn::Join"][1][1] == "/drills/restore/*"
    assert measure["Action"] == "cloudwatch:PutMetricData"
    assert measure["Condition"] == {"StringEquals": {"cloudwatch:namespace": "Groundwork/Drills"}}
    (user,) = policy["Properties"]["Users"]
    users = template.find_resources("AWS::IAM::User")
    assert users[user["Ref"]]["Properties"]["UserName"] == "restore"


def alarms(template: Template) -> dict[str, Any]:
    found = template.find_resources("AWS::CloudWatch::Alarm").values()
    return {alarm["Properties"]["AlarmName"]: alarm["Properties"] for alarm in found}


def test_three_days_without_a_good_drill_raise_an_alarm_and_silence_counts(
    template: Template,
) -> None:
    alarm = alarms(template)["ocp drill restore missing"]
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 3 * 86_400
    assert (alarm["Statistic"], alarm["ComparisonOperator"]) == ("Sum", "LessThanThreshold")
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (1, "breaching")
    assert {d["Name"]: d["Value"] for d in alarm["Dimensions"]} == {
        "Bucket": "ocp",
        "User": "restore",
    }


def test_a_drill_that_fails_raises_an_alarm_at_once_and_silence_does_not(
    template: Template,
) -> None:
    alarm = alarms(template)["ocp drill restore failed"]
    assert (alarm["Statistic"], alarm["Threshold"], alarm["Period"]) == ("Minimum", 1, 3600)
    assert alarm["TreatMissingData"] == "notBreaching"


def test_without_a_drill_a_user_reads_and_nothing_more(template: Template) -> None:
    assert "drills/other" not in str(template.to_json())
    assert len(alarms(template)) == 2
