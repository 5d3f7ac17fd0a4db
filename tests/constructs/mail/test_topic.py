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
        "mail-alarms",
    }


def test_a_shared_topic_tells_everybody_once(templates: Templates) -> None:
    found = subscriptions(templates(SHARED)["mail-us-east-1"]).values()
    assert sorted(subscription["Properties"]["Endpoint"] for subscription in found) == [
        f"{name}@example.org" for name in ("a", "b", "c", "team")
    ]
    assert {subscription["Properties"]["Protocol"] for subscription in found} == {"email"}


def policy_of(template: Template, topic: str) -> dict[str, Any]:
    (name,) = (
        name
        for name, resource in template.find_resources("AWS::SNS::Topic").items()
        if resource["Properties"]["TopicName"] == topic
    )
    (statements,) = (
        resource["Properties"]["PolicyDocument"]["Statement"]
        for resource in template.find_resources("AWS::SNS::TopicPolicy").values()
        if resource["Properties"]["Topics"] == [{"Ref": name}]
    )
    return {statement["Sid"]: statement for statement in statements}


def test_only_the_declared_identity_and_sets_of_this_account_publish(
    templates: Templates,
) -> None:
    found = policy_of(templates(SHARED)["mail-us-east-1"], "data-example-org")
    assert set(found) == {
        "AllowPublishThroughSSLOnly",
        "SesPublishes",
        "AlarmsPublish",
    }
    insecure = found["AllowPublishThroughSSLOnly"]
    assert insecure["Effect"] == "Deny"
    assert insecure["Principal"] == "*"
    assert insecure["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    ses = found["SesPublishes"]
    assert ses["Action"] == "sns:Publish"
    assert ses["Principal"] == {"Service": "ses.amazonaws.com"}
    assert ses["Condition"]["StringEquals"] == {
        "aws:SourceAccount": "123456789012",
        "aws:SourceArn": [
            "arn:aws:ses:us-east-1:123456789012:identity/data@example.org",
            "arn:aws:ses:us-east-1:123456789012:configuration-set/credere",
        ],
    }
    assert found["AlarmsPublish"]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*"},
    }


def test_ses_has_no_say_in_the_topic_of_alarms(templates: Templates) -> None:
    found = policy_of(templates(SHARED)["mail-us-east-1"], "mail-alarms")
    assert set(found) == {"AllowPublishThroughSSLOnly", "AlarmsPublish"}


def test_adding_and_reordering_subscribers_touches_no_other(templates: Templates) -> None:
    address = "mail:\n  addresses:\n    data@example.org: {{notify: [{0}]}}\n"
    before = subscriptions(templates(address.format("a@x.org, b@x.org"))["mail-us-east-1"])
    after = subscriptions(templates(address.format("c@x.org, b@x.org, a@x.org"))["mail-us-east-1"])
    assert before == {name: after[name] for name in before}
    assert len(after) == len(before) + 1
