from __future__ import annotations

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import pytest
from aws_cdk.assertions import Template

from settings import ConfigurationError, parse
from tests.builders import sender

Templates = Callable[[str], dict[str, Template]]

APP = sender(
    "noreply@example.org",
    "noreply-*@sub.example.org",
    regions=["us-east-1", "eu-west-1"],
    attachments=True,
    bounces_to=["b@example.org", "a@example.org"],
    delivery_logs=True,
    delivery_logs_days=30,
    only_to=["*@example.net", "tester@example.org"],
)
DATA = sender("data@example.com")
MAIL = """
mail:
  domains:
    example.org: {regions: [us-east-1, eu-west-1], configuration_set: credere}
    example.com: {configuration_set: credere}
  addresses:
    data@example.com: {configuration_set: credere}
  configuration_sets:
    credere: {regions: [us-east-1, eu-west-1]}
    other: {}
  senders:
    app: APP
    data: DATA
""".replace("APP", APP).replace("DATA", DATA)


@pytest.fixture
def production(templates: Templates) -> Template:
    """The same in an account that has left the sandbox."""
    quota = "mail:\n  quota: {daily: 50000, per_second: 14}\n"
    return templates(MAIL.replace("mail:\n", quota, 1))["mail-us-east-1"]


@pytest.fixture
def template(templates: Templates) -> Template:
    return templates(MAIL)["mail-us-east-1"]


def policies(template: Template) -> dict[str, Any]:
    """Return each user's statements."""
    users = {
        logical_id: user["Properties"]["UserName"]
        for logical_id, user in template.find_resources("AWS::IAM::User").items()
    }
    return {
        users[policy["Properties"]["Users"][0]["Ref"]]: policy["Properties"]["PolicyDocument"][
            "Statement"
        ]
        for policy in template.find_resources("AWS::IAM::ManagedPolicy").values()
    }


def test_a_sender_may_send_as_its_addresses_on_its_identity_and_set_and_nothing_else(
    production: Template,
) -> None:
    (statement,) = policies(production)["app"]
    assert statement["Action"] == "ses:SendRawEmail"
    assert statement["Effect"] == "Allow"
    assert set(statement["Resource"]) == {
        f"arn:aws:ses:{region}:123456789012:{name}"
        for region in ("us-east-1", "eu-west-1")
        for name in ("identity/example.org", "configuration-set/credere")
    }
    assert statement["Condition"]["StringLike"] == {
        "ses:FromAddress": ["noreply@example.org", "noreply-*@sub.example.org"]
    }


def test_in_the_sandbox_a_sender_reaches_verified_recipients_and_no_further(
    template: Template, production: Template
) -> None:
    (sandboxed,), (free,) = policies(template)["app"], policies(production)["app"]
    assert {*sandboxed["Resource"]} - {*free["Resource"]} == {
        f"arn:aws:ses:{region}:123456789012:identity/*" for region in ("us-east-1", "eu-west-1")
    }
    assert sandboxed["Action"] == free["Action"]
    assert sandboxed["Condition"] == free["Condition"]


def test_a_test_environments_sender_reaches_its_recipients_only(template: Template) -> None:
    (statement,) = policies(template)["app"]
    assert statement["Condition"]["ForAllValues:StringLike"] == {
        "ses:Recipients": ["*@example.net", "tester@example.org"]
    }
    assert statement["Condition"]["Null"] == {"ses:Recipients": "false"}


def test_an_address_of_its_own_may_be_proved_by_its_domain_as_long_as_it_is_unverified(
    production: Template,
) -> None:
    (statement,) = policies(production)["data"]
    assert [
        arn.partition(":identity/")[2] for arn in statement["Resource"] if "identity" in arn
    ] == [
        "data@example.com",
        "example.com",
    ]


def test_the_register_is_on_the_user(template: Template) -> None:
    users = template.find_resources("AWS::IAM::User").values()
    (tags,) = (
        {tag["Key"]: tag["Value"] for tag in user["Properties"]["Tags"]}
        for user in users
        if user["Properties"]["UserName"] == "app"
    )
    assert tags == {
        "approval": "OPS-42",
        "attachments": "yes",
        "category": "system",
        "contact": "owner@example.org",
        "cost-center": "1234",
        "daily-volume": "500",
        "monthly-volume": "10000",
        "groundwork-stack": "mail-us-east-1",
    }


def test_an_alarm_tells_when_a_sender_passes_its_volume(template: Template) -> None:
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "MetricName": "Send",
            "Namespace": "AWS/SES",
            "Dimensions": [{"Name": "ses:caller-identity", "Value": "app"}],
            "Period": 86_400,
            "Statistic": "Sum",
            "Threshold": 501,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        },
    )


def test_its_contacts_are_told_of_its_own_hard_bounces(template: Template) -> None:
    found = [
        resource["Properties"]
        for resource in template.find_resources("AWS::SNS::Subscription").values()
        if "FilterPolicy" in resource["Properties"]
    ]
    assert sorted(subscription["Endpoint"] for subscription in found) == [
        "a@example.org",
        "b@example.org",
    ]
    assert all(subscription["FilterPolicyScope"] == "MessageBody" for subscription in found)
    assert found[0]["FilterPolicy"] == {
        "bounce": {"bounceType": ["Permanent"]},
        "mail": {"tags": {"ses:caller-identity": ["app"]}},
    }


def test_what_becomes_of_its_mail_is_logged_where_asked(template: Template) -> None:
    (group,) = (
        resource
        for name, resource in template.find_resources("AWS::Logs::LogGroup").items()
        if "deliverylog" in name
    )
    assert group["Properties"]["RetentionInDays"] == 30
    assert group["DeletionPolicy"] == "RetainExceptOnCreate"
    (rule,) = template.find_resources("AWS::Events::Rule").values()
    assert rule["Properties"]["EventPattern"] == {
        "source": ["aws.ses"],
        "detail": {"mail": {"tags": {"ses:caller-identity": ["app"]}}},
    }
    (policy,) = template.find_resources("AWS::Logs::ResourcePolicy").values()
    document = json.loads(policy["Properties"]["PolicyDocument"])
    assert document["Statement"][0]["Resource"] == (
        "arn:aws:logs:us-east-1:123456789012:log-group:mail-us-east-1-senders*:*"
    )


def test_what_could_not_be_logged_is_kept_for_two_weeks_and_alarmed_of(template: Template) -> None:
    ((queue, resource),) = template.find_resources("AWS::SQS::Queue").items()
    assert resource["Properties"] == {
        "MessageRetentionPeriod": 14 * 24 * 3600,
        "SqsManagedSseEnabled": True,
    }
    assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
    (rule,) = template.find_resources("AWS::Events::Rule").values()
    (target,) = rule["Properties"]["Targets"]
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [queue, "Arn"]}}
    (policy,) = template.find_resources("AWS::SQS::QueuePolicy").values()
    _, sends = policy["Properties"]["PolicyDocument"]["Statement"]
    assert sends["Principal"] == {"Service": "events.amazonaws.com"}
    assert sends["Condition"] == {
        "ArnLike": {
            "aws:SourceArn": "arn:aws:events:us-east-1:123456789012:rule/mail-us-east-1-senders*"
        }
    }
    (alarm,) = (
        alarm["Properties"]
        for alarm in template.find_resources("AWS::CloudWatch::Alarm").values()
        if alarm["Properties"].get("Namespace") == "AWS/SQS"
    )
    assert alarm["Dimensions"] == [
        {"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}
    ]
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (1, "ignore")


def test_the_queue_takes_events_of_rules_whose_names_cloudformation_cuts(
    templates: Templates,
) -> None:
    made = templates(f"environment: a-long-test-environment\n{MAIL}")
    template = made["mail-us-east-1"]
    (policy,) = template.find_resources("AWS::SQS::QueuePolicy").values()
    _, sends = policy["Properties"]["PolicyDocument"]["Statement"]
    pattern = sends["Condition"]["ArnLike"]["aws:SourceArn"].rpartition("/")[2]
    # 64 characters: at least 24 of the stack's name, 24 of the logical id, and a random end.
    cut = "a-long-test-environment-mail-us-east-1"[:24] + "-sendersappdeliverylogrul-1ABCDEFGHIJKL"
    assert len(cut) <= 64
    assert fnmatchcase(cut, pattern)


def test_the_secret_says_what_the_sender_needs(template: Template) -> None:
    (key,) = (
        resource["Properties"]["Template"]
        for name, resource in template.find_resources("Custom::AccessKey").items()
        if name.startswith("sendersapp")
    )
    assert key["from"] == ["noreply@example.org", "noreply-*@sub.example.org"]
    assert key["configuration_set"] == "credere"
    assert key["regions"] == {
        region: {"host": f"email-smtp.{region}.amazonaws.com"}
        for region in ("us-east-1", "eu-west-1")
    }


def test_a_sender_whose_identities_have_no_single_set_names_one() -> None:
    text = MAIL.replace("example.com: {configuration_set: credere}", "example.com: {}")
    with pytest.raises(ConfigurationError) as refused:
        parse(f'account: "123456789012"\n{text}')
    assert "mail.senders.data.configuration_set" in str(refused.value)


def test_a_from_address_without_a_declared_identity_is_refused() -> None:
    text = MAIL.replace(DATA, sender("data@example.net"))
    with pytest.raises(ConfigurationError) as refused:
        parse(f'account: "123456789012"\n{text}')
    assert "SES answers 554 Message rejected otherwise" in str(refused.value)
