from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_cdk.assertions import Template

Templates = Callable[[str], dict[str, Template]]

SHARED = """
mail:
  domains:
    example.org: {notify: [team@example.org]}
  addresses:
    data@example.org: {notify: [a@example.org, b@example.org]}
  configuration_sets:
    credere: {topic: data@example.org, notify: [b@example.org, c@example.org]}
    alone: {}
"""


def topics(template: Template) -> set[str]:
    found = template.find_resources("AWS::SNS::Topic").values()
    assert not [topic for topic in found if topic["Properties"].get("FifoTopic")]
    return {topic["Properties"]["TopicName"] for topic in found}


def subscriptions(template: Template) -> dict[str, Any]:
    return dict(template.find_resources("AWS::SNS::Subscription"))


def test_topics_are_named_after_what_they_tell_of(templates: Templates) -> None:
    assert topics(templates(SHARED)["mail-us-east-1"]) == {
        "example-org",
        "data-example-org",
        "alone-events",
    }


def test_a_shared_topic_tells_everybody_once(templates: Templates) -> None:
    found = subscriptions(templates(SHARED)["mail-us-east-1"]).values()
    assert sorted(subscription["Properties"]["Endpoint"] for subscription in found) == [
        f"{name}@example.org" for name in ("a", "b", "c", "team")
    ]
    assert {subscription["Properties"]["Protocol"] for subscription in found} == {"email"}


def test_only_the_declared_identity_and_sets_of_this_account_publish(
    templates: Templates,
) -> None:
    template = templates(SHARED)["mail-us-east-1"]
    template.has_resource_properties(
        "AWS::SNS::TopicPolicy",
        {
            "PolicyDocument": {
                "Statement": [
                    {
                        "Effect": "Deny",
                        "Action": "sns:Publish",
                        "Principal": "*",
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    },
                    {
                        "Effect": "Allow",
                        "Action": "sns:Publish",
                        "Principal": {"Service": "ses.amazonaws.com"},
                        "Condition": {
                            "StringEquals": {
                                "aws:SourceAccount": "123456789012",
                                "aws:SourceArn": [
                                    f"arn:aws:ses:us-east-1:123456789012:{source}"
                                    for source in (
                                        "identity/data@example.org",
                                        "configuration-set/credere",
                                    )
                                ],
                            }
                        },
                    },
                ]
            }
        },
    )


def test_adding_and_reordering_subscribers_touches_no_other(templates: Templates) -> None:
    address = "mail:\n  addresses:\n    data@example.org: {{notify: [{0}]}}\n"
    before = subscriptions(templates(address.format("a@x.org, b@x.org"))["mail-us-east-1"])
    after = subscriptions(templates(address.format("c@x.org, b@x.org, a@x.org"))["mail-us-east-1"])
    assert before == {name: after[name] for name in before}
    assert len(after) == len(before) + 1
