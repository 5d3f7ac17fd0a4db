"""Senders as AWS judges them, and what comes back once mail is no longer declared."""

from __future__ import annotations

import json
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

import embedded
from embedded import Embedded
from runbook.mail.permission import iam
from runbook.mail.permission.command import judge
from runbook.mail.permission.message import Message
from runbook.mail.permission.ses import Region
from runbook.mail.simulator import smtp
from settings.contract import Output, output_key
from tests.builders import sender
from tests.end_to_end import every_call
from tests.end_to_end.conftest import Run, groundwork
from tests.instances import client_of

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("senders")]

REGION = "us-east-1"
OPERATOR = "operator"
SYSTEM, NEWS = "system", "news"
KEYS = {"credentials": {"readers": [f"arn:aws:iam::123456789012:role/{OPERATOR}"]}}
FOLLOWING = [
    "cloudformation:DescribeStacks",
    "sns:Subscribe",
    "sns:Unsubscribe",
    "sqs:CreateQueue",
    "sqs:DeleteMessage",
    "sqs:DeleteQueue",
    "sqs:ReceiveMessage",
    "sts:GetCallerIdentity",
]
"""What `mail test` takes beside the secret."""
SENDERS = (Path(__file__).parent / "senders.yaml").read_text() + "".join(
    f"    {name}: {declared}\n"
    for name, declared in {
        "app": sender(
            "noreply@example.org", "noreply-*@example.org", bounces_to=["app@example.org"], **KEYS
        ),
        "newsletter": sender(
            "news@example.com",
            "noreply-*@example.org",
            category="marketing",
            configuration_set=NEWS,
            **KEYS,
        ),
        "staging": sender("staging@example.org", only_to=["*@example.net"], **KEYS),
    }.items()
)


class Account:
    """The account in which the senders were declared."""

    def __init__(self, instance: Embedded) -> None:
        self.instance = instance
        self.client = cache(self._client)
        self.secret = cache(self._secret)

    def _client(self, service: str, user: str | None = None) -> Any:
        key = self.secret(user) if user else {"access_key_id": self.instance.account}
        return self._signed(service, key["access_key_id"], key.get("secret_access_key", "any"))

    def _signed(self, service: str, key: str, secret: str, token: str | None = None) -> Any:
        credentials = {"aws_access_key_id": key, "aws_secret_access_key": secret}
        if token:
            credentials["aws_session_token"] = token
        return client_of(self.instance, service, REGION, credentials)

    def _secret(self, user: str) -> dict[str, Any]:
        """Return what a sender's secret holds, read by the role that the file names."""
        role = f"arn:aws:iam::{self.instance.account}:role/{OPERATOR}"
        operator = self.client("sts").assume_role(RoleArn=role, RoleSessionName="test")
        names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
        secrets = self._signed("secretsmanager", *(operator["Credentials"][n] for n in names))
        (stack,) = self.client("cloudformation").describe_stacks(StackName=f"mail-{REGION}")[
            "Stacks"
        ]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        value = secrets.get_secret_value(SecretId=outputs[output_key(Output.SENDER_SECRET, user)])
        return dict(json.loads(value["SecretString"]))

    @contextmanager
    def smtp(self, user: str) -> Iterator[smtplib.SMTP]:
        """Log in as a sender's application does, with the user name and password it is given."""
        trust = ssl.create_default_context(cafile=self.instance.certificate)
        with smtplib.SMTP("localhost", self.instance.smtp_port, timeout=30) as client:
            client.starttls(context=trust)
            client.login(self.secret(user)["username"], self.secret(user)["password"])
            yield client

    def operators(self) -> dict[str, str]:
        """Return the variables of a shell in which the operator works, with what its tests take."""
        statement = {"Effect": "Allow", "Action": FOLLOWING, "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.client("iam").put_role_policy(
            RoleName=OPERATOR, PolicyName="follow", PolicyDocument=policy
        )
        role = f"arn:aws:iam::{self.instance.account}:role/{OPERATOR}"
        made = self.client("sts").assume_role(RoleArn=role, RoleSessionName="operator")
        key = made["Credentials"]
        return self.instance.environment() | {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            "AWS_SESSION_TOKEN": key["SessionToken"],
        }

    def deploy(self, configuration: str) -> Run:
        file = self.instance.directory / "groundwork.yaml"
        file.write_text(configuration)
        state = str(self.instance.directory)
        return groundwork("local", "deploy", "--config", str(file), "--state", state)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Deploy the senders to an account that received mail by another rule set until now."""
    state = tmp_path_factory.mktemp("senders")
    found = Account(embedded.start(state, "123456789012", REGION))
    try:
        make_operator(found.client("iam"))
        found.client("ses").create_receipt_rule_set(RuleSetName="theirs")
        found.client("ses").set_active_receipt_rule_set(RuleSetName="theirs")
        run = found.deploy(SENDERS)
        assert run.status == 0, run.errors
        yield found
    finally:
        embedded.stop(state)


def make_operator(iam: Any) -> None:
    """Make the role that the file names as the reader of every secret."""
    root = {"AWS": "arn:aws:iam::123456789012:root"}
    statement = {"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    iam.create_role(RoleName=OPERATOR, AssumeRolePolicyDocument=json.dumps(policy))


def message(sender: str, used: str | None = None, **headers: str) -> EmailMessage:
    written = EmailMessage()
    for name, value in {"From": sender, "Subject": "Hello", **headers}.items():
        written[name] = value
    if used:
        written["X-SES-CONFIGURATION-SET"] = used
    written.set_content("Hello")
    return written


def is_accepted(account: Account, user: str, written: EmailMessage, *recipients: str) -> bool:
    """Send through the API, to the recipients in the headers unless they are named."""
    given = {"Destinations": [*recipients]} if recipients else {}
    try:
        account.client("ses", user).send_raw_email(RawMessage={"Data": written.as_bytes()}, **given)
    except ClientError as error:
        if not error.response["Error"]["Code"].startswith("AccessDenied"):
            raise
        return False
    return True


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


def is_relayed(client: smtplib.SMTP, written: EmailMessage, *recipients: str) -> bool:
    """Send through SMTP, to somebody unless recipients are named."""
    try:
        client.send_message(written, to_addrs=recipients or ["a@example.net"])
    except smtplib.SMTPDataError as error:
        if "Access denied" not in str(error):
            raise
        return False
    return True


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


ENVELOPES = ("bounces@example.com", "root@host.example.net")
RECIPIENTS = (("a@example.net",), ("a@example.net", "press@example.edu"))


def matrix(senders: list[str]) -> Iterator[Message]:
    """Messages with every sender, and with each thing that can be wrong beside it."""
    for address, used, to in product(senders, ["", SYSTEM, NEWS, "missing"], RECIPIENTS):
        yield Message(address, address, to, used)
    for address, envelope in product(senders, ENVELOPES):
        yield Message(address, envelope, RECIPIENTS[0])


def reply(client: smtplib.SMTP, asked: Message) -> str:
    """What SES answers to a message; nothing if it takes it. One that is too soon is repeated."""
    written = message(asked.from_address, asked.header or None).as_bytes()
    while True:
        try:
            client.sendmail(asked.envelope, asked.recipients, written)
        except smtplib.SMTPDataError as error:
            if error.smtp_code != smtp.THROTTLED:
                said = error.smtp_error
                return f"{error.smtp_code} {said if isinstance(said, str) else said.decode()}"
        else:
            return ""


@pytest.mark.parametrize("user", OWN)
def test_may_send_foretells_what_ses_answers(account: Account, user: str) -> None:
    region = Region(account.client("sesv2"))
    iam_user = iam.user(account.client("iam"), user)
    assert iam_user
    answers = set()
    with account.smtp(user) as client:
        for asked in matrix([*OTHERS, *OWN[user]]):
            verdict = judge(account.client("iam"), iam_user, region, asked, "123456789012")
            refusals = [check.answer for check in verdict.checks if not check.passes]
            said = reply(client, asked)
            assert bool(refusals) is bool(said), (asked, verdict, said)
            assert not said or said[:17] in {answer[:17] for answer in refusals}
            assert len(refusals) != 1 or said.startswith(refusals[0]), (asked, said)
            answers.add(said[:12])
    assert answers == {"", "554 Access d", "554 Message "}


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
