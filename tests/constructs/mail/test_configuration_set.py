from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest
from aws_cdk.assertions import Template

from groundwork.mail.configuration_set import EVENTS
from groundwork.mail.production_access import MAIL_TYPES
from settings.models.mail import EventType, MailType
from tests.builders import sender

Templates = Callable[[str], dict[str, Template]]


def mail(*categories: str, declared: str = "{}") -> str:
    senders = "".join(
        f"\n    {name}: {sender('a@example.org', category=name, configuration_set='credere')}"
        for name in categories
    )
    return (
        "mail:\n  domains: {example.org: {}}\n"
        f"  configuration_sets:\n    credere: {declared}\n"
        f"  senders:{senders or ' {}'}\n"
    )


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (mail("system"), ["BOUNCE"]),
        (mail("marketing"), ["BOUNCE", "COMPLAINT"]),
        (mail("system", "marketing"), ["BOUNCE", "COMPLAINT"]),
        (mail("marketing", declared="{suppression: [complaint]}"), ["COMPLAINT"]),
    ],
)
def test_suppression_is_by_the_category_of_the_senders_unless_said(
    templates: Templates, text: str, reasons: list[str]
) -> None:
    templates(text)["mail-us-east-1"].has_resource_properties(
        "AWS::SES::ConfigurationSet",
        {"SuppressionOptions": {"SuppressedReasons": reasons}},
    )


def test_without_senders_the_accounts_suppression_is_repeated(templates: Templates) -> None:
    text = mail().replace("mail:\n", "mail:\n  suppression: [complaint]\n")
    templates(text)["mail-us-east-1"].has_resource_properties(
        "AWS::SES::ConfigurationSet",
        {"Name": "credere", "SuppressionOptions": {"SuppressedReasons": ["COMPLAINT"]}},
    )


def test_tls_is_required_and_reputation_measured(templates: Templates) -> None:
    templates(mail())["mail-us-east-1"].has_resource_properties(
        "AWS::SES::ConfigurationSet",
        {
            "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
            "ReputationOptions": {"ReputationMetricsEnabled": True},
        },
    )


def destinations(template: Template) -> dict[str, Any]:
    found = template.find_resources("AWS::SES::ConfigurationSetEventDestination").values()
    return {resource["Properties"]["EventDestination"]["Name"]: resource for resource in found}


def test_the_topic_lets_ses_publish_before_the_events_are_sent_to_it(
    templates: Templates,
) -> None:
    template = templates(mail())["mail-us-east-1"]
    events = destinations(template)["events"]
    topic = events["Properties"]["EventDestination"]["SnsDestination"]["TopicARN"]["Ref"]
    (policy,) = (
        name
        for name, resource in template.find_resources("AWS::SNS::TopicPolicy").items()
        if resource["Properties"]["Topics"] == [{"Ref": topic}]
    )
    assert policy in events["DependsOn"]


def test_a_set_without_senders_publishes_what_is_declared_and_no_more(
    templates: Templates,
) -> None:
    found = destinations(templates(mail(declared="{events: [open, click]}"))["mail-us-east-1"])
    assert {
        name: item["Properties"]["EventDestination"]["MatchingEventTypes"]
        for name, item in found.items()
    } == {"events": ["open", "click"]}


def test_a_sets_mail_is_counted_by_sender(templates: Templates) -> None:
    counts = destinations(templates(mail("system"))["mail-us-east-1"])["counts"]
    assert counts["Properties"]["EventDestination"]["MatchingEventTypes"] == ["send"]
    assert counts["Properties"]["EventDestination"]["CloudWatchDestination"] == {
        "DimensionConfigurations": [
            {
                "DimensionName": "ses:caller-identity",
                "DimensionValueSource": "messageTag",
                "DefaultDimensionValue": "unknown",
            }
        ]
    }


def test_a_minute_of_the_rate_that_cloudwatch_has_not_got_is_no_mail(templates: Templates) -> None:
    """AWS says nowhere how soon SES's metrics are there: the alarm on a minute is best effort."""
    template = templates(mail())["mail-us-east-1"]
    alarms = (
        found["Properties"] for found in template.find_resources("AWS::CloudWatch::Alarm").values()
    )
    (rate,) = (alarm for alarm in alarms if (alarm["MetricName"], alarm["Period"]) == ("Send", 60))
    assert (rate["TreatMissingData"], rate["EvaluationPeriods"]) == ("notBreaching", 1)


def test_alarms_tell_of_the_rates_at_which_aws_reviews_and_pauses(templates: Templates) -> None:
    template = templates(mail())["mail-us-east-1"]
    found = [
        (alarm["MetricName"], alarm["Threshold"], len(alarm.get("Dimensions", [])))
        for alarm in (
            resource["Properties"]
            for resource in template.find_resources("AWS::CloudWatch::Alarm").values()
        )
        if alarm["MetricName"].startswith("Reputation.")
    ]
    rates = [
        ("Reputation.BounceRate", 0.05),
        ("Reputation.BounceRate", 0.1),
        ("Reputation.ComplaintRate", 0.001),
        ("Reputation.ComplaintRate", 0.005),
    ]
    assert sorted(found) == sorted((*rate, of) for rate in rates for of in (0, 1))
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {"Dimensions": [{"Name": "ses:configuration-set", "Value": "credere"}]},
    )


def test_alarms_come_before_the_accounts_quota_is_used_up(templates: Templates) -> None:
    text = mail().replace("mail:\n", "mail:\n  quota: {daily: 50000, per_second: 14}\n")
    template = templates(text)["mail-us-east-1"]
    for period, threshold in ((86_400, 40_000), (60, 672)):
        template.has_resource_properties(
            "AWS::CloudWatch::Alarm",
            {"MetricName": "Send", "Period": period, "Threshold": threshold, "Statistic": "Sum"},
        )


def test_every_value_of_the_file_has_awss_word() -> None:
    assert {*EVENTS} == {*get_args(EventType)}
    assert {*MAIL_TYPES} == {*get_args(MailType)}
