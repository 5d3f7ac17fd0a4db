"""May a sender send, and does its mail arrive: the questions, asked of the deployed example."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

import pytest

import embedded
from runbook.mail.simulator import inbox
from tests.end_to_end.conftest import Command, Deployment

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("example")]

SIMULATOR = "@simulator.amazonses.com"


def test_a_sender_may_send_as_its_address(at: Command) -> None:
    run = at("mail may-send credere noreply@open-contracting.org")
    assert run.status == 0, run.output + run.errors
    assert run.output.startswith(
        "Yes: credere may send as noreply@open-contracting.org to success@simulator.amazonses.com"
    )
    assert "configuration set  credere, its identity's own" in run.output


def test_a_sender_may_not_send_as_anybody_else(at: Command) -> None:
    run = at("mail may-send credere 'Director <ceo@open-contracting.org>' --json")
    assert run.status == 1
    (verdict,) = json.loads(run.output)
    refused = [check for check in verdict["checks"] if not check["passes"]]
    assert {check["name"] for check in refused} == {"policy"}
    assert "and not ceo@open-contracting.org" in refused[0]["why"]
    assert refused[0]["answer"].startswith("554 Access denied: User `arn:aws:iam::")


def test_an_envelope_that_nobody_verified_is_refused(at: Command) -> None:
    run = at("mail may-send credere noreply@open-contracting.org --envelope root@localhost.net")
    assert run.status == 1
    said = " ".join(run.output.split())
    assert "no identity covers root@localhost.net" in said
    assert "SES answers: 554 Message rejected" in said


@pytest.mark.parametrize(
    ("sender", "text"),
    [
        ("ocp-redmine-backup", "backup user in the file, not a sender"),
        ("crede", "Did you mean credere?"),
        ("credere not-an-address", "not-an-address is not an e-mail address"),
    ],
)
def test_what_is_asked_wrongly_is_explained(at: Command, sender: str, text: str) -> None:
    address = "" if " " in sender else " noreply@open-contracting.org"
    run = at(f"mail may-send {sender}{address}")
    assert run.status == 1
    assert text in run.errors


@contextmanager
def without_a_log(deployment: Deployment) -> Iterator[None]:
    """Have EventBridge write nothing into the delivery log."""
    events = deployment.client("events")
    rules = [rule["Name"] for rule in events.list_rules()["Rules"]]
    for rule in rules:
        events.disable_rule(Name=rule)
    yield
    for rule in rules:
        events.enable_rule(Name=rule)


def kept(deployment: Deployment) -> list[dict[str, Any]]:
    """The messages to the simulator that the account sent."""
    instance = embedded.find(deployment.state)
    assert instance
    trust = ssl.create_default_context(cafile=instance.certificate)
    url = f"{instance.endpoint}/_ministack/ses/messages"
    with urlopen(url, context=trust) as answer:  # noqa: S310 - always https
        found = json.load(answer)["messages"].get(instance.account, [])
    return [mail for mail in found if mail["To"][0].endswith(SIMULATOR)]


def test_a_senders_mail_is_followed_to_its_end(at: Command, deployment: Deployment) -> None:
    run = at("mail test credere --json --wait 60")
    assert run.status == 0, run.output + run.errors
    found = {result["case"]: result for result in json.loads(run.output)}
    assert [*found] == ["delivered", "bounced", "complained", "suppressed"]
    told = {case: result["told"] for case, result in found.items()}
    assert told["delivered"].pop("delivery log").startswith("Delivery, 250 ")
    assert told == {
        "delivered": {},
        "bounced": {
            "delivery log": "Bounce, Permanent, General",
            "topic credere-bounces": "Bounce, Permanent, General",
        },
        "complained": {"delivery log": "Complaint, abuse, Amazon SES Mailbox Simulator"},
        "suppressed": {
            "delivery log": "Bounce, Permanent, Suppressed",
            "topic credere-bounces": "Bounce, Permanent, Suppressed",
        },
    }
    left = deployment.client("sqs").list_queues(QueueNamePrefix=inbox.PREFIX)
    assert not left.get("QueueUrls")
    sent = kept(deployment)[-4:]
    assert {mail["MessageId"] for mail in sent} == {each["message_id"] for each in found.values()}
    assert {mail["Source"] for mail in sent} == {"noreply@open-contracting.org"}


def test_an_event_that_does_not_come_is_said(at: Command, deployment: Deployment) -> None:
    with without_a_log(deployment):
        run = at("mail test credere --wait 0")
    assert run.status == 1
    assert "accepted: " in run.output
    assert "delivery log: no Bounce event came in time" in run.output
    assert "topic credere-bounces: Bounce, Permanent, General" in run.output


def test_a_sender_does_not_send_where_it_is_not_declared(at: Command) -> None:
    run = at("mail test credere --region eu-west-1")
    assert run.status == 1
    assert "credere does not send in eu-west-1." in run.errors
