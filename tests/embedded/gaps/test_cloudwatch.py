"""Alarms on metric math and on other alarms."""

from typing import Any, ClassVar

import pytest


class TestAlarms:
    MATH: ClassVar[dict[str, Any]] = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": "quota",
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "Threshold": 0.8,
            "Metrics": [
                {"Id": "share", "Expression": "sent / 200", "ReturnData": True},
                {
                    "Id": "sent",
                    "ReturnData": False,
                    "MetricStat": {
                        "Metric": {"Namespace": "AWS/SES", "MetricName": "Send"},
                        "Period": 3600,
                        "Stat": "Sum",
                    },
                },
            ],
        },
    }

    def test_metric_math_is_kept_and_a_composite_alarm_follows_it(self, aws: Any) -> None:
        composite = {
            "Type": "AWS::CloudWatch::CompositeAlarm",
            "Properties": {
                "AlarmName": "any",
                "AlarmRule": {"Fn::Sub": "ALARM(${Math})"},
            },
        }
        aws.deploy("alarms", {"Math": self.MATH, "Any": composite})
        cloudwatch = aws.client("cloudwatch")
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=["quota"])["MetricAlarms"]
        assert [metric["Id"] for metric in alarm["Metrics"]] == ["share", "sent"]
        assert "MetricName" not in alarm
        cloudwatch.set_alarm_state(AlarmName="quota", StateValue="ALARM", StateReason="tested")
        found = cloudwatch.describe_alarms(AlarmNames=["any"], AlarmTypes=["CompositeAlarm"])
        assert found["CompositeAlarms"][0]["StateValue"] == "ALARM"
        assert aws.delete("alarms") == "DELETE_COMPLETE"

    def test_ministack_still_refuses_metric_math(self, pristine: Any) -> None:
        with pytest.raises(Exception, match="metric math"):
            pristine.deploy("alarms", {"Math": self.MATH})
