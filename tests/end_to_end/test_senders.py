"""Senders as AWS judges them, and what comes back once mail is no longer declared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import embedded
from embedded import Embedded
from tests.end_to_end.conftest import Run, groundwork

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("senders")]

SENDERS = Path(__file__).parent / "senders.yaml"
REGION = "us-east-1"
SYSTEM, NEWS = "system", "news"


class Account:
    """The account in which the senders were declared."""

    def __init__(self, instance: Embedded) -> None:
        self.instance = instance
        self.client = cache(self._client)
        self.key = cache(self._key)

    def _client(self, service: str, user: str | None = None) -> Any:
        key = self.key(user) if user else {"AccessKeyId": self.instance.account}
        return boto3.client(  # type: ignore[call-overload]
            service,
            region_name=REGION,
            endpoint_url=self.instance.endpoint,
            verify=str(self.instance.certificate),
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key.get("SecretAccessKey", "any"),
        )

    def _key(self, user: str) -> Any:
        """Give a user a second key, as nobody may read the secret that has the first."""
        return self.client("iam").create_access_key(UserName=user)["AccessKey"]

    def deploy(self, configuration: Path) -> Run:
        state = str(self.instance.directory)
        return groundwork("local", "deploy", "--config", str(configuration), "--state", state)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Deploy the senders to an account that received mail by another rule set until now."""
    state = tmp_path_factory.mktemp("senders")
    found = Account(embedded.start(state, "123456789012", REGION))
    try:
        found.client("ses").create_receipt_rule_set(RuleSetName="theirs")
        found.client("ses").set_active_receipt_rule_set(RuleSetName="theirs")
        sandbox = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://example.org"}
        found.client("sesv2").put_account_details(**sandbox, ProductionAccessEnabled=False)
        run = found.deploy(SENDERS)
        assert run.status == 0, run.errors
        yield found
    finally:
        embedded.stop(state)


def raw(sender: str, configuration_set: str | None = None) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "to@example.net", "Hello"
    if configuration_set:
        message["X-SES-CONFIGURATION-SET"] = configuration_set
    message.set_content("Hello")
    return message.as_bytes()


def may_send(account: Account, user: str, sender: str, used: str | None, *recipients: str) -> bool:
    try:
        account.client("ses", user).send_raw_email(
            RawMessage={"Data": raw(sender, used)}, Destinations=[*recipients] or ["a@example.net"]
        )
    except ClientError as error:
        if not error.response["Error"]["Code"].startswith("AccessDenied"):
            raise
        return False
    return True


@pytest.mark.parametrize(
    ("user", "sender", "used"),
    [
        ("app", "noreply@example.org", None),
        ("app", "noreply@example.org", SYSTEM),
        ("app", "noreply-billing@example.org", None),
        ("newsletter", "news@example.com", None),
        ("newsletter", "news@example.com", NEWS),
        ("newsletter", "noreply-billing@example.org", NEWS),
        ("staging", "staging@example.org", None),
    ],
)
def test_a_sender_sends_as_its_addresses(
    account: Account, user: str, sender: str, used: str | None
) -> None:
    assert may_send(account, user, sender, used)


@pytest.mark.parametrize(
    ("user", "sender", "used"),
    [
        ("app", "other@example.org", None),
        ("app", "noreply@example.com", None),
        ("app", "news@example.com", None),
        ("app", "noreply@example.org", NEWS),
        ("newsletter", "other@example.com", NEWS),
        ("newsletter", "noreply@example.org", NEWS),
        ("newsletter", "noreply-billing@example.org", None),
        ("staging", "noreply@example.org", None),
    ],
)
def test_a_sender_sends_as_nobody_else_and_through_no_other_set(
    account: Account, user: str, sender: str, used: str | None
) -> None:
    assert not may_send(account, user, sender, used)


def test_a_test_environments_sender_reaches_nobody_but_its_recipients(account: Account) -> None:
    def reaches(*recipients: str) -> bool:
        return may_send(account, "staging", "staging@example.org", None, *recipients)

    assert reaches("a@example.net", "b@example.net")
    assert not reaches("a@example.org")
    assert not reaches("a@example.net", "a@example.org")


CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("ses", "get_send_quota", {}),
    ("ses", "list_identities", {}),
    ("ses", "list_configuration_sets", {}),
    ("ses", "verify_domain_identity", {"Domain": "example.net"}),
    ("ses", "delete_identity", {"Identity": "example.org"}),
    ("ses", "delete_configuration_set", {"ConfigurationSetName": "system"}),
    ("ses", "set_active_receipt_rule_set", {}),
    ("sesv2", "get_account", {}),
    ("sesv2", "list_email_identities", {}),
    ("sesv2", "put_account_suppression_attributes", {"SuppressedReasons": []}),
    (
        "ses",
        "send_email",
        {
            "Source": "noreply@example.org",
            "Destination": {"ToAddresses": ["a@example.net"]},
            "Message": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hello"}}},
        },
    ),
]


@pytest.mark.parametrize(("service", "call", "parameters"), CALLS, ids=[call[1] for call in CALLS])
def test_a_sender_does_nothing_else_with_ses(
    account: Account, service: str, call: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        getattr(account.client(service, "app"), call)(**parameters)


def test_bounces_and_complaints_reach_the_topic_with_the_original_headers(
    account: Account,
) -> None:
    answer = account.client("ses").get_identity_notification_attributes(Identities=["example.org"])
    found = answer["NotificationAttributes"]["example.org"]
    topic = "arn:aws:sns:us-east-1:123456789012:example-org"
    assert (found["BounceTopic"], found["ComplaintTopic"]) == (topic, topic)
    assert found["HeadersInBounceNotificationsEnabled"]
    assert found["HeadersInComplaintNotificationsEnabled"]


def test_a_senders_contact_hears_of_its_own_hard_bounces(account: Account) -> None:
    sns = account.client("sns")
    topic = "arn:aws:sns:us-east-1:123456789012:system-bounces"
    (found,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert found["Endpoint"] == "app@example.org"
    attributes = sns.get_subscription_attributes(SubscriptionArn=found["SubscriptionArn"])
    assert '"app"' in attributes["Attributes"]["FilterPolicy"]


def test_production_access_is_asked_for_in_the_words_of_the_file(account: Account) -> None:
    details = account.client("sesv2").get_account()["Details"]
    assert details["UseCaseDescription"].startswith("Account notices to people")


def test_what_is_no_longer_declared_leaves_what_was_there_before(
    account: Account, tmp_path: Path
) -> None:
    ses, v2 = account.client("ses"), account.client("sesv2")
    assert ses.describe_active_receipt_rule_set()["Metadata"]["Name"] != "theirs"
    assert v2.get_account()["SuppressionAttributes"] == {"SuppressedReasons": ["BOUNCE"]}

    changed = tmp_path / "changed.yaml"
    text = SENDERS.read_text()
    for old, new in (
        (", receives_mail: true", ""),
        (", notify: [team@example.org]}\n    example.com", "}\n    example.com"),
        ("suppression: [bounce]", "suppression: []"),
    ):
        assert old in text
        text = text.replace(old, new)
    changed.write_text(text)
    # What holds data, the logs of functions included, is freed by whoever approves the change.
    everything = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    account.client("cloudformation").set_stack_policy(
        StackName="mail-us-east-1", StackPolicyBody=json.dumps({"Statement": [everything]})
    )
    run = account.deploy(changed)
    assert run.status == 0, run.errors

    assert ses.describe_active_receipt_rule_set()["Metadata"]["Name"] == "theirs"
    answer = ses.get_identity_notification_attributes(Identities=["example.org"])
    assert "BounceTopic" not in answer["NotificationAttributes"]["example.org"]
    assert v2.get_account()["SuppressionAttributes"] == {"SuppressedReasons": []}
    buckets = [bucket["Name"] for bucket in account.client("s3").list_buckets()["Buckets"]]
    assert [name for name in buckets if "receiving" in name], "the mail that was received"
