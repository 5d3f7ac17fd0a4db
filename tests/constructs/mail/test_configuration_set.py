from __future__ import annotations

from collections.abc import Callable

import pytest
from aws_cdk.assertions import Match, Template

Templates = Callable[[str], dict[str, Template]]

SENDER = """
    {name}:
      from: [noreply@example.org]
      category: {category}
      contact: a@example.org
      cost_center: "1"
      approval: OPS-1
      volume: {{daily: 1, monthly: 1}}
      configuration_set: credere
"""


def mail(*categories: str, declared: str = "{}") -> str:
    senders = "".join(SENDER.format(name=name, category=name) for name in categories)
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


def test_without_senders_the_accounts_suppression_rules(templates: Templates) -> None:
    templates(mail())["mail-us-east-1"].has_resource_properties(
        "AWS::SES::ConfigurationSet", {"Name": "credere", "SuppressionOptions": Match.absent()}
    )


def test_tls_is_required_and_reputation_measured(templates: Templates) -> None:
    templates(mail())["mail-us-east-1"].has_resource_properties(
        "AWS::SES::ConfigurationSet",
        {
            "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
            "ReputationOptions": {"ReputationMetricsEnabled": True},
        },
    )


def test_the_topic_lets_ses_publish_before_the_events_are_sent_to_it(
    templates: Templates,
) -> None:
    template = templates(mail())["mail-us-east-1"]
    (policy,) = template.find_resources("AWS::SNS::TopicPolicy")
    (events,) = template.find_resources("AWS::SES::ConfigurationSetEventDestination").values()
    assert policy in events["DependsOn"]
