"""Senders as AWS judges them, and what comes back once mail is no longer declared."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from runbook.mail.permission import iam
from runbook.mail.permission.command import judge
from runbook.mail.permission.message import Message
from runbook.mail.permission.ses import Region
from tests.end_to_end import every_call
from tests.end_to_end.conftest import groundwork
from tests.end_to_end.sending import (
    NEWS,
    SENDERS,
    SYSTEM,
    Account,
    Queue,
    answered,
    in_tenant,
    is_accepted,
    is_relayed,
    matrix,
    message,
    queue,
    reply,
)

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("senders")]


def may_send(account: Account, user: str, sender: str, used: str | None, *recipients: str) -> bool:
    return is_accepted(account, user, message(sender, used), *(recipients or ["a@example.net"]))


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


@pytest.fixture
def sandbox(account: Account) -> Iterator[None]:
    """Put the account back into the sandbox, with one recipient that is verified."""
    ses = account.client("sesv2")
    words = {n: v for n, v in ses.get_account()["Details"].items() if n != "ReviewDetails"}
    ses.create_email_identity(EmailIdentity="tester@example.net")
    ses.put_account_details(**words, ProductionAccessEnabled=False)
    yield
    ses.put_account_details(**words, ProductionAccessEnabled=True)


def test_in_the_sandbox_a_sender_reaches_who_is_verified(account: Account, sandbox: None) -> None:
    assert may_send(account, "app", "noreply@example.org", None, "tester@example.net")


def test_a_test_environments_sender_reaches_nobody_but_its_recipients(account: Account) -> None:
    def reaches(*recipients: str) -> bool:
        return may_send(account, "staging", "staging@example.org", None, *recipients)

    assert reaches("a@example.net", "b@example.net")
    assert not reaches("a@example.org")
    assert not reaches("a@example.net", "a@example.org")


@pytest.mark.parametrize("header", ["To", "Cc", "Bcc"])
def test_no_header_hides_a_recipient_from_that(account: Account, header: str) -> None:
    def reaches(recipient: str) -> bool:
        everybody = {"To": "a@example.net", header: f"b@example.net, {recipient}"}
        return is_accepted(account, "staging", message("staging@example.org", **everybody))

    assert reaches("c@example.net")
    assert not reaches("press@example.org")


def test_nor_does_a_message_without_any(account: Account) -> None:
    assert not is_accepted(account, "staging", message("staging@example.org"))


OWN = {
    "app": {"noreply@example.org", "noreply-billing@example.org"},
    "newsletter": {"news@example.com", "noreply-billing@example.org"},
    "staging": {"staging@example.org"},
}
OTHERS = {
    "other@example.org",
    "noreply@example.com",
    "other@example.com",
    "noreply@sub.example.org",
    "staging@example.net",
}
SET = {"app": SYSTEM, "newsletter": NEWS, "staging": SYSTEM}


@pytest.mark.parametrize("user", OWN)
def test_by_smtp_too_a_sender_sends_as_its_addresses_and_no_other(
    account: Account, user: str
) -> None:
    everybody = OTHERS.union(*OWN.values())
    with account.smtp(user) as client:
        accepted = {name for name in everybody if is_relayed(client, message(name, SET[user]))}
    assert accepted == OWN[user]


def test_by_smtp_too_a_test_environments_sender_reaches_its_recipients_only(
    account: Account,
) -> None:
    written = message("staging@example.org")
    with account.smtp("staging") as client:
        assert is_relayed(client, written, "a@example.net", "b@example.net")
        assert not is_relayed(client, written, "a@example.net", "press@example.org")


@pytest.mark.parametrize("user", OWN)
def test_a_sender_does_nothing_else_with_ses(account: Account, user: str) -> None:
    own = min(OWN[user])
    written = message(own, SET[user], To="a@example.net").as_bytes()
    found = {
        service: [*every_call.allowed(account.client(service, user), own, written)]
        for service in ("ses", "sesv2")
    }
    assert found == {"ses": ["SendRawEmail"], "sesv2": []}


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


def test_a_test_listens_at_every_topic_that_is_told(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in account.operators().items():
        monkeypatch.setenv(name, value)
    file = account.instance.directory / "groundwork.yaml"
    run = groundwork("mail", "test", "app", "--json", "--wait", "30", "--config", str(file))
    assert run.status == 0, run.output + run.errors
    assert {each["case"]: {*each["told"]} for each in json.loads(run.output)} == {
        "delivered": set(),
        "bounced": {"topic example-org", "topic system-bounces"},
        "complained": {"topic example-org"},
        "suppressed": {"topic example-org", "topic system-bounces"},
    }


def test_production_access_is_asked_for_in_the_words_of_the_file(account: Account) -> None:
    details = account.client("sesv2").get_account()["Details"]
    assert details["UseCaseDescription"].startswith("Account notices to people")


@pytest.fixture
def paused(account: Account) -> Iterator[Queue]:
    """Pause the tenant of marketing mail, with a queue beside the people who hear of it."""
    ses = account.client("sesv2")
    arn = ses.get_tenant(TenantName="bulk")["Tenant"]["TenantArn"]

    def switch(status: str) -> None:
        ses.update_reputation_entity_customer_managed_status(
            ReputationEntityType="RESOURCE", ReputationEntityReference=arn, SendingStatus=status
        )

    with queue(account) as found:
        switch("DISABLED")
        try:
            yield found
        finally:
            switch("ENABLED")


def test_a_paused_tenant_stops_its_own_mail_and_no_other(account: Account, paused: Queue) -> None:
    newsletter = in_tenant("news@example.com", "bulk", NEWS)
    with account.smtp("newsletter") as client:
        assert "paused" in answered(client, newsletter)
    with account.smtp("app") as client:
        assert answered(client, message("noreply@example.org", SYSTEM)) == ""
    assert any("Sending Status Disabled" in each for each in paused())


def test_mail_that_names_no_tenant_is_outside_of_it(account: Account, paused: Queue) -> None:
    with account.smtp("newsletter") as client:
        assert answered(client, message("news@example.com", NEWS)) == ""


def test_a_tenants_mail_is_sent_and_another_tenant_is_not_named(account: Account) -> None:
    assert account.secret("newsletter")["tenant"] == "bulk"
    assert "tenant" not in account.secret("app")
    with account.smtp("newsletter") as client:
        assert answered(client, in_tenant("news@example.com", "bulk", NEWS)) == ""
        denied = answered(client, in_tenant("news@example.com", "other", NEWS))
        assert "Access denied" in denied


def test_may_send_and_status_name_a_paused_tenant(
    account: Account, paused: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in account.instance.environment().items():
        monkeypatch.setenv(name, value)
    file = account.instance.directory / "groundwork.yaml"
    asked = ("newsletter", "news@example.com", "--to", "a@example.net", "--config", str(file))
    run = groundwork("mail", "may-send", *asked)
    assert run.status == 1
    assert "bulk is paused" in run.output
    status = groundwork("mail", "status", "--config", str(file), "--json")
    (tenant,) = (each for each in json.loads(status.output) if each["section"] == "Tenants")
    assert (tenant["item"], tenant["level"]) == ("bulk", "attention")


@pytest.mark.parametrize("user", OWN)
def test_may_send_foretells_what_ses_answers(account: Account, user: str) -> None:
    region, administrator = Region(account.client("sesv2")), account.client("iam")
    iam_user = iam.user(administrator, user)
    assert iam_user
    answers = set()
    with account.smtp(user) as client:
        for asked in matrix([*OTHERS, *OWN[user]]):
            verdict = judge(administrator, iam_user, region, asked, "123456789012")
            refusals = [check.answer for check in verdict.checks if not check.passes]
            said = reply(client, asked)
            assert bool(refusals) is bool(said), (asked, verdict, said)
            assert not said or said[:17] in {answer[:17] for answer in refusals}
            assert len(refusals) != 1 or said.startswith(refusals[0]), (asked, said)
            answers.add(said[:12])
    assert answers == {"", "554 Access d", "554 Message "}


GUEST = "guest@example.net"
GIVEN = {
    # Allows what the user's own policies do not.
    GUEST: {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/staging"}},
    # Leaves it to the users' own policies.
    "example.com": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}},
    # Denies what they allow.
    "example.org": {
        "Effect": "Deny",
        "Principal": "*",
        "Condition": {"StringLike": {"ses:FromAddress": "noreply-*"}},
    },
}


@pytest.fixture
def given(account: Account) -> Iterator[None]:
    """Give identities policies of their own, as people do in the console."""
    ses, named = account.client("sesv2"), {"PolicyName": "given"}
    ses.create_email_identity(EmailIdentity=GUEST)
    for identity, statement in GIVEN.items():
        arn = f"arn:aws:ses:us-east-1:123456789012:identity/{identity}"
        whole = {"Statement": {**statement, "Action": "ses:Send*", "Resource": arn}}
        policy = json.dumps(whole)
        ses.create_email_identity_policy(EmailIdentity=identity, **named, Policy=policy)
    yield
    ses.delete_email_identity(EmailIdentity=GUEST)
    for identity in ("example.com", "example.org"):
        ses.delete_email_identity_policy(EmailIdentity=identity, **named)


@pytest.mark.usefixtures("given")
@pytest.mark.parametrize(
    ("user", "sender", "deciding"),
    [
        ("staging", GUEST, "allowed by given, a policy of the identity"),
        ("app", GUEST, f"is allowed, and not {GUEST}"),
        ("app", "news@example.com", "is allowed, and not news@example.com"),
        ("newsletter", "news@example.com", "is allowed by mail-us-east-1-senders"),
        ("app", "noreply@example.org", "is allowed by mail-us-east-1-senders"),
        ("app", "noreply-billing@example.org", "denied by given, a policy of the identity"),
    ],
)
def test_may_send_judges_an_identitys_own_policies_as_ses_does(
    account: Account, user: str, sender: str, deciding: str
) -> None:
    region, client = Region(account.client("sesv2")), account.client("iam")
    iam_user = iam.user(client, user)
    assert iam_user
    asked = Message(sender, sender, ("a@example.net",))
    checks = judge(client, iam_user, region, asked, "123456789012").checks
    (about,) = [check for check in checks if check.why.startswith("identity/")]
    with account.smtp(user) as connection:
        said = reply(connection, asked)
    assert deciding in about.why
    assert bool(said) is not all(check.passes for check in checks), (checks, said)
    assert said.startswith(about.answer)


def test_what_is_no_longer_declared_leaves_what_was_there_before(
    account: Account,
) -> None:
    ses, v2 = account.client("ses"), account.client("sesv2")
    assert ses.describe_active_receipt_rule_set()["Metadata"]["Name"] != "theirs"
    assert v2.get_account()["SuppressionAttributes"] == {"SuppressedReasons": ["BOUNCE"]}

    text = SENDERS
    for old, new in (
        (", receives_mail: true", ""),
        (", notify: [team@example.org]}\n    example.com", "}\n    example.com"),
        ("suppression: [bounce]", "suppression: []"),
    ):
        assert old in text
        text = text.replace(old, new)
    # What holds data, the logs of functions included, is freed by whoever approves the change.
    everything = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    account.client("cloudformation").set_stack_policy(
        StackName="mail-us-east-1", StackPolicyBody=json.dumps({"Statement": [everything]})
    )
    run = account.deploy(text)
    assert run.status == 0, run.errors

    assert ses.describe_active_receipt_rule_set()["Metadata"]["Name"] == "theirs"
    answer = ses.get_identity_notification_attributes(Identities=["example.org"])
    assert "BounceTopic" not in answer["NotificationAttributes"]["example.org"]
    assert v2.get_account()["SuppressionAttributes"] == {"SuppressedReasons": []}
    buckets = [bucket["Name"] for bucket in account.client("s3").list_buckets()["Buckets"]]
    assert [name for name in buckets if "receiving" in name], "the mail that was received"
