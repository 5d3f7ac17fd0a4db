"""Alarms on metric math and on other alarms, and the events of all."""

import json
import time
from contextlib import suppress
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError

from embedded.gaps.cloudwatch import alarm_evaluation


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

    def test_metric_math_is_kept(self, aws: Any) -> None:
        aws.deploy("alarms", {"Math": self.MATH})
        cloudwatch = aws.client("cloudwatch")
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=["quota"])["MetricAlarms"]
        assert [metric["Id"] for metric in alarm["Metrics"]] == ["share", "sent"]
        assert "MetricName" not in alarm
        assert aws.delete("alarms") == "DELETE_COMPLETE"

    def test_ministack_still_refuses_metric_math(self, pristine: Any) -> None:
        with pytest.raises(Exception, match="metric math"):
            pristine.deploy("alarms", {"Math": self.MATH})


class TestAlarmEvents:
    @staticmethod
    def received(aws: Any) -> list[Any]:
        """Move an alarm to ALARM, and return the events that a rule for it puts into a queue."""
        sqs, events, cloudwatch = map(aws.client, ("sqs", "events", "cloudwatch"))
        queue = sqs.create_queue(QueueName="alarms")["QueueUrl"]
        cloudwatch.put_metric_alarm(
            AlarmName="watched",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            MetricName="CPUUtilization",
            Namespace="AWS/ECS",
            Period=60,
            Statistic="Average",
            Threshold=90,
        )
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=["watched"])["MetricAlarms"]
        pattern = {"source": ["aws.cloudwatch"], "resources": [alarm["AlarmArn"]]}
        events.put_rule(Name="alarms", EventPattern=json.dumps(pattern))
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
        events.put_targets(Rule="alarms", Targets=[{"Id": "queue", "Arn": arn["QueueArn"]}])
        cloudwatch.set_alarm_state(AlarmName="watched", StateValue="ALARM", StateReason="tested")
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in found]

    def test_a_change_of_state_is_an_event_of_cloudwatch(self, aws: Any) -> None:
        (event,) = self.received(aws)
        assert event["detail-type"] == "CloudWatch Alarm State Change"
        assert event["detail"]["alarmName"] == "watched"
        assert event["detail"]["state"]["value"] == "ALARM"
        assert event["detail"]["previousState"]["value"] == "INSUFFICIENT_DATA"

    def test_ministack_still_emits_none(self, pristine: Any) -> None:
        assert self.received(pristine) == []


class TestMetricNamespaces:
    @staticmethod
    def written(aws: Any) -> list[str]:
        """Write metrics into two namespaces, of which a policy allows one; return what passed."""
        iam = aws.client("iam")
        iam.create_user(UserName="measures")
        statement = {
            "Effect": "Allow",
            "Action": "cloudwatch:PutMetricData",
            "Resource": "*",
            "Condition": {"StringEquals": {"cloudwatch:namespace": "Ours"}},
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": statement})
        iam.put_user_policy(UserName="measures", PolicyName="one", PolicyDocument=document)
        key = iam.create_access_key(UserName="measures")["AccessKey"]
        credentials = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }
        cloudwatch, passed = aws.client("cloudwatch", **credentials), []
        for namespace in ("Ours", "Theirs"):
            with suppress(ClientError):
                data = [{"MetricName": "a", "Value": 1}]
                cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)
                passed.append(namespace)
        return passed

    def test_a_policy_limits_whose_metrics_are_written(self, aws: Any) -> None:
        assert self.written(aws) == ["Ours"]

    def test_ministack_still_denies_all(self, pristine: Any) -> None:
        assert self.written(pristine) == []


class TestAlarmEvaluation:
    @staticmethod
    def states(aws: Any) -> list[str]:
        """The states of an alarm that wants three periods, as data of two databases come in."""
        cloudwatch, now = aws.client("cloudwatch"), time.time()
        cloudwatch.put_metric_alarm(
            AlarmName="storage",
            ComparisonOperator="LessThanThreshold",
            Dimensions=[{"Name": "Database", "Value": "books"}],
            EvaluationPeriods=3,
            MetricName="Free",
            Namespace="Probe",
            Period=300,
            Statistic="Minimum",
            Threshold=10,
        )

        def state(database: str, value: float, minutes: int) -> str:
            data = {
                "MetricName": "Free",
                "Dimensions": [{"Name": "Database", "Value": database}],
                "Timestamp": now + 60 * minutes,
                "Value": value,
            }
            cloudwatch.put_metric_data(Namespace="Probe", MetricData=[data])
            (alarm,) = cloudwatch.describe_alarms(AlarmNames=["storage"])["MetricAlarms"]
            return str(alarm["StateValue"])

        return [
            state("films", 1, 0),
            state("books", 20, -10),
            state("books", 1, -5),
            state("books", 1, 0),
            state("books", 1, 5),
            state("books", 20, 10),
        ]

    def test_an_alarm_goes_off_after_its_periods_for_its_own_dimensions(self, aws: Any) -> None:
        assert self.states(aws) == ["INSUFFICIENT_DATA", "OK", "OK", "OK", "ALARM", "OK"]

    def test_ministack_still_takes_all_for_one(self, pristine: Any) -> None:
        assert self.states(pristine)[0] == "ALARM"

    @pytest.mark.parametrize(
        ("missing", "state"),
        [("breaching", "ALARM"), ("notBreaching", "OK"), ("missing", "ALARM"), ("ignore", None)],
    )
    def test_periods_without_data_count_as_the_alarm_says(
        self, missing: str, state: str | None
    ) -> None:
        alarm = {"TreatMissingData": missing, "EvaluationPeriods": 3}
        assert alarm_evaluation._state(alarm, [True, None, None]) == state
        assert alarm_evaluation._state({"EvaluationPeriods": 1}, [None]) == "INSUFFICIENT_DATA"
