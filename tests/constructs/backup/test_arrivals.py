from __future__ import annotations

from collections.abc import Callable

import pytest
from aws_cdk.assertions import Match, Template

from settings import ConfigurationError, parse

CONFIGURATION = """
backup:
  buckets:
    watched: {expect_every: 26h, notify: [sysadmin@example.org, dba@example.org]}
    unwatched: {}
"""


@pytest.fixture
def template(templates: Callable[[str], dict[str, Template]]) -> Template:
    return templates(CONFIGURATION)["backup-us-east-1"]


def test_hours_without_a_new_object_are_a_failure_and_so_are_hours_without_data(
    template: Template,
) -> None:
    template.resource_count_is("AWS::CloudWatch::Alarm", 1)
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "Namespace": "AWS/S3",
            "MetricName": "PutRequests",
            "Dimensions": [
                {"Name": "BucketName", "Value": {"Ref": Match.string_like_regexp("watched")}},
                {"Name": "FilterId", "Value": "every-object"},
            ],
            "Statistic": "Sum",
            "ComparisonOperator": "LessThanThreshold",
            "Threshold": 1,
            "Period": 3600,
            "EvaluationPeriods": 26,
            "TreatMissingData": "breaching",
        },
    )


def test_s3_counts_the_requests_of_a_watched_bucket_and_of_no_other(template: Template) -> None:
    counted = {
        bucket["Properties"]["BucketName"]: bucket["Properties"].get("MetricsConfigurations")
        for bucket in template.find_resources("AWS::S3::Bucket").values()
    }
    assert counted == {"watched": [{"Id": "every-object"}], "unwatched": None}


def test_everybody_named_hears_of_it_and_of_its_end(template: Template) -> None:
    (topic,) = template.find_resources("AWS::SNS::Topic")
    subscriptions = template.find_resources("AWS::SNS::Subscription").values()
    assert {s["Properties"]["Endpoint"] for s in subscriptions} == {
        "sysadmin@example.org",
        "dba@example.org",
    }
    actions = {"AlarmActions": [{"Ref": topic}], "OKActions": [{"Ref": topic}]}
    template.has_resource_properties("AWS::CloudWatch::Alarm", actions)


def test_only_this_alarm_publishes_and_only_over_tls(template: Template) -> None:
    (policy,) = template.find_resources("AWS::SNS::TopicPolicy").values()
    denial, grant = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (denial["Effect"], denial["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )
    assert grant["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert grant["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {
            "aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:watched arrivals"
        },
    }


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("{expect_every: 90m, notify: [a@example.org]}", "whole hours"),
        ("{expect_every: 8d, notify: [a@example.org]}", "from 1h to 7d"),
        ("{expect_every: 24h}", "requires notify"),
    ],
)
def test_an_alarm_that_cannot_work_is_refused(item: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        parse(f'account: "123456789012"\nbackup: {{buckets: {{ocp: {item}}}}}\n')
