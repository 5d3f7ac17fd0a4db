"""The state of the deployed example's mail, as it is and once somebody changed something."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.end_to_end.conftest import Command, Deployment

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("example")]

ADDRESS = "data@open-contracting.org"
TOPIC = "arn:aws:sns:us-east-1:123456789012:data-open-contracting-org"


@pytest.fixture(scope="module", autouse=True)
def _left_the_sandbox(deployment: Deployment) -> None:
    """The example does not ask for production access; somebody did."""
    asked = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://example.org"}
    ses = deployment.client("sesv2")
    ses.put_account_details(**asked, ProductionAccessEnabled=True)


def faults(at: Command) -> dict[str, str]:
    """What needs attention, by item. The example does not ask to leave the sandbox."""
    run = at("mail status --json")
    rows = json.loads(run.output)
    found = {row["item"]: row["text"] for row in rows if row["level"] == "attention"}
    assert run.status == bool(found), run.errors
    assert all(row["remedy"] for row in rows if row["level"] == "attention")
    return {item: text for item, text in found.items() if item != "sandbox"}


def test_everything_that_the_file_declares_is_listed(at: Command) -> None:
    run = at("mail status")
    assert run.output, run.errors
    assert faults(at) == {}
    for item in (
        "sending",
        "sandbox",
        "quota",
        "suppression",
        "open-contracting.org",
        ADDRESS,
        "mail-alarms",
        "credere-bounces",
        "SES receives the mail",
    ):
        assert item in run.output


@contextmanager
def dropped_topic(deployment: Deployment) -> Iterator[None]:
    ses = deployment.client("ses")
    given = {"Identity": ADDRESS, "NotificationType": "Bounce"}
    ses.set_identity_notification_topic(**given)
    yield
    ses.set_identity_notification_topic(**given, SnsTopic=TOPIC)


@contextmanager
def other_rule_set(deployment: Deployment) -> Iterator[None]:
    ses = deployment.client("ses")
    ours = ses.describe_active_receipt_rule_set()["Metadata"]["Name"]
    ses.create_receipt_rule_set(RuleSetName="theirs")
    ses.set_active_receipt_rule_set(RuleSetName="theirs")
    yield
    ses.set_active_receipt_rule_set(RuleSetName=ours)
    ses.delete_receipt_rule_set(RuleSetName="theirs")


@contextmanager
def stranger(deployment: Deployment) -> Iterator[None]:
    sns = deployment.client("sns")
    made = sns.subscribe(
        TopicArn=TOPIC, Protocol="email", Endpoint="who@example.net", ReturnSubscriptionArn=True
    )
    yield
    sns.unsubscribe(SubscriptionArn=made["SubscriptionArn"])


@contextmanager
def other_suppression(deployment: Deployment) -> Iterator[None]:
    sesv2 = deployment.client("sesv2")
    sesv2.put_account_suppression_attributes(SuppressedReasons=["COMPLAINT"])
    yield
    sesv2.put_account_suppression_attributes(SuppressedReasons=["BOUNCE", "COMPLAINT"])


@contextmanager
def paused_set(deployment: Deployment) -> Iterator[None]:
    options = deployment.client("sesv2").put_configuration_set_sending_options
    options(ConfigurationSetName="credere", SendingEnabled=False)
    yield
    options(ConfigurationSetName="credere", SendingEnabled=True)


@pytest.mark.parametrize(
    ("change", "item", "text"),
    [
        (dropped_topic, ADDRESS, "bounces reach no topic: SES dropped it"),
        (other_rule_set, "open-contracting.org", "the active receipt rule set is theirs, not"),
        (stranger, "data-open-contracting-org", "beside the file: who@example.net"),
        (other_suppression, "suppression", "after: complaint; the file says bounce, complaint"),
        (paused_set, "credere", "sending through it is paused"),
    ],
)
def test_what_somebody_changed_is_found(
    at: Command, deployment: Deployment, change: object, item: str, text: str
) -> None:
    assert callable(change)
    with change(deployment):
        found = faults(at)
    assert [*found] == [item]
    assert text in found[item]
    assert faults(at) == {}
