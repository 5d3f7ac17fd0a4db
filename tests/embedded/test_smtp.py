"""SES's SMTP interface: who may log in, and what becomes of a message."""

from __future__ import annotations

import base64
import json
import smtplib
import socket
import ssl
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest

from embedded import Embedded
from embedded.smtp import password, refusal

FROM = "noreply@example.com"
Key = dict[str, str]


@pytest.fixture(scope="module")
def make_key(aws: Any) -> Callable[[], Key]:
    """Make a user that may send as one address of a verified domain, and a key of it."""
    for region in ("us-east-1", "eu-west-1"):
        aws.client("ses", region).verify_domain_identity(Domain="example.com")
        aws.leave_sandbox(region)

    def make() -> Key:
        iam, name = aws.client("iam"), f"smtp-{uuid.uuid4()}"
        statement = {
            "Effect": "Allow",
            "Action": "ses:SendRawEmail",
            "Resource": "*",
            "Condition": {
                "StringEquals": {"ses:FromAddress": [FROM, "us@example.org"]},
                "ForAllValues:StringLike": {"ses:Recipients": "*@example.net"},
            },
        }
        iam.create_user(UserName=name)
        iam.put_user_policy(
            UserName=name,
            PolicyName="send",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )
        key: Key = iam.create_access_key(UserName=name)["AccessKey"]
        return key

    return make


@pytest.fixture(scope="module")
def key(make_key: Callable[[], Key]) -> Key:
    return make_key()


@contextmanager
def connected(instance: Embedded, *, tls: bool = True) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("localhost", instance.smtp_port, timeout=30) as client:
        client.ehlo()
        if tls:
            client.starttls(context=ssl.create_default_context(cafile=instance.certificate))
            client.ehlo()
        yield client


@contextmanager
def logged_in(instance: Embedded, key: Key, region: str = "us-east-1") -> Iterator[smtplib.SMTP]:
    with connected(instance) as client:
        client.login(key["AccessKeyId"], password(key["SecretAccessKey"], region))
        yield client


def message(from_: str, subject: str, **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = from_, "you@example.net", subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("A line\n.and one that begins with a dot\n")
    return mail


def test_the_auth_parameter_of_exim_is_taken(embedded_aws: Embedded, key: Key) -> None:
    with logged_in(embedded_aws, key) as client:
        assert client.docmd("MAIL", f"FROM:<{FROM}> SIZE=100 AUTH=root@example.org")[0] == 250
        client.rset()
        assert client.docmd("MAIL", f"FROM:<{FROM}> UNKNOWN=1")[0] == 555


def refused(client: smtplib.SMTP, mail: EmailMessage, **envelope: Any) -> str:
    """The reply to a message that is not accepted."""
    with pytest.raises(smtplib.SMTPDataError) as error:
        client.send_message(mail, **envelope)
    text = error.value.smtp_error
    return f"{error.value.smtp_code} {text if isinstance(text, str) else text.decode()}"


def kept(instance: Embedded) -> list[dict[str, Any]]:
    """The messages that the account sent."""
    trust = ssl.create_default_context(cafile=instance.certificate)
    url = f"{instance.endpoint}/_ministack/ses/messages"
    with urllib.request.urlopen(url, context=trust) as answer:  # noqa: S310 - always https
        found: list[dict[str, Any]] = json.load(answer)["messages"].get(instance.account, [])
    return found


class TestPassword:
    @pytest.mark.parametrize(
        ("secret", "region", "derived"),
        [
            ("some+secret+key", "eu-central-1", "BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2"),
            ("another+secret+key", "us-west-1", "BKVmjjMDFk/qqw8EROW99bjCS65PF8WKvK5bSr4Y6EqF"),
        ],
    )
    def test_it_is_derived_as_published(self, secret: str, region: str, derived: str) -> None:
        assert password(secret, region) == derived


class TestConnection:
    def test_nobody_logs_in_before_starttls(self, aws: Any, key: Key) -> None:
        with connected(aws.instance, tls=False) as client:
            assert not client.has_extn("auth")
            assert client.has_extn("starttls")
            secret = password(key["SecretAccessKey"], "us-east-1")
            plain = base64.b64encode(f"\0{key['AccessKeyId']}\0{secret}".encode()).decode()
            status, reply = client.docmd("AUTH", f"PLAIN {plain}")
            assert (status, b"STARTTLS" in reply) == (530, True)
            assert client.mail(FROM)[0] == 530

    def test_its_certificate_is_the_instances(self, aws: Any) -> None:
        with connected(aws.instance) as client:
            assert isinstance(client.sock, ssl.SSLSocket)
            assert client.has_extn("auth")

    def test_nobody_sends_without_logging_in(self, aws: Any) -> None:
        with connected(aws.instance) as client:
            assert client.mail(FROM)[0] == 530

    def test_it_is_reachable_on_the_loopback_interface_only(self, aws: Any) -> None:
        with socket.socket() as probe:
            probe.settimeout(1)
            assert probe.connect_ex(("127.0.0.2", aws.instance.smtp_port))

    def test_its_port_is_exported(self, aws: Any) -> None:
        exports = (aws.instance.directory / "aws.env").read_text()
        assert f"export EMBEDDED_SMTP_PORT='{aws.instance.smtp_port}'\n" in exports


class TestLogin:
    @pytest.mark.parametrize("mechanism", ["plain", "login"])
    def test_the_derived_password_is_taken(self, aws: Any, key: Key, mechanism: str) -> None:
        with connected(aws.instance) as client:
            client.user = key["AccessKeyId"]
            client.password = password(key["SecretAccessKey"], "us-east-1")
            assert client.auth(mechanism, getattr(client, f"auth_{mechanism}"))[0] == 235

    @pytest.mark.parametrize("wrong", ["", "wrong", "secret", "é"])
    def test_any_other_is_refused_in_ses_words(self, aws: Any, key: Key, wrong: str) -> None:
        shown = key["SecretAccessKey"] if wrong == "secret" else wrong
        plain = base64.b64encode(f"\0{key['AccessKeyId']}\0{shown}".encode()).decode()
        with connected(aws.instance) as client:
            reply = client.docmd("AUTH", f"PLAIN {plain}")
            assert reply == (535, b"Authentication Credentials Invalid")

    def test_neither_unknown_keys_nor_the_accounts_own_are_taken(self, aws: Any) -> None:
        for name in ("AKIAUNKNOWN", aws.instance.account, ""):
            with connected(aws.instance) as client, pytest.raises(smtplib.SMTPException) as error:
                client.login(name, password("embedded-aws-has-no-secrets", "us-east-1"))
            assert "Authentication Credentials Invalid" in str(error.value)

    def test_a_key_is_taken_only_while_it_is_active(
        self, aws: Any, make_key: Callable[[], Key]
    ) -> None:
        key, iam = make_key(), aws.client("iam")
        named = {"UserName": key["UserName"], "AccessKeyId": key["AccessKeyId"]}

        def is_taken() -> bool:
            try:
                with logged_in(aws.instance, key):
                    return True
            except smtplib.SMTPAuthenticationError:
                return False

        assert is_taken()
        iam.update_access_key(**named, Status="Inactive")
        assert not is_taken()
        iam.update_access_key(**named, Status="Active")
        assert is_taken()
        iam.delete_access_key(**named)
        assert not is_taken()

    def test_its_log_does_not_have_the_password(self, aws: Any, key: Key) -> None:
        secret = password(key["SecretAccessKey"], "us-east-1")
        with logged_in(aws.instance, key) as client:
            client.noop()
        log, plain = aws.instance.log.read_text(), f"\0{key['AccessKeyId']}\0{secret}"
        for shown in (secret, plain):
            assert shown not in log
            assert base64.b64encode(shown.encode()).decode() not in log


class TestMessage:
    def test_an_accepted_one_is_kept(self, aws: Any, key: Key) -> None:
        with logged_in(aws.instance, key) as client:
            client.send_message(message(FROM, "accepted"))
        (found,) = [mail for mail in kept(aws.instance) if mail["Subject"] == "accepted"]
        assert found["Source"] == FROM
        assert found["To"] == ["you@example.net"]
        assert found["BodyText"].splitlines() == ["A line", ".and one that begins with a dot"]

    def test_it_goes_to_the_passwords_region(self, aws: Any, key: Key) -> None:
        before = aws.client("ses", "eu-west-1").get_send_quota()["SentLast24Hours"]
        with logged_in(aws.instance, key, "eu-west-1") as client:
            client.send_message(message(FROM, "elsewhere"))
        assert aws.client("ses", "eu-west-1").get_send_quota()["SentLast24Hours"] == before + 1

    def test_the_from_header_is_judged_and_not_the_envelope(self, aws: Any, key: Key) -> None:
        with logged_in(aws.instance, key) as client:
            reply = refused(client, message("ceo@example.com", "denied"), from_addr=FROM)
        user = f"arn:aws:iam::{aws.instance.account}:user/{key['UserName']}"
        identity = f"arn:aws:ses:us-east-1:{aws.instance.account}:identity/example.com"
        assert reply.startswith(
            f"554 Access denied: User `{user}' is not authorized to perform `ses:SendRawEmail' "
            f"on resource `{identity}'"
        )
        assert not [mail for mail in kept(aws.instance) if mail["Subject"] == "denied"]

    def test_recipients_are_those_of_the_envelope(self, aws: Any, key: Key) -> None:
        everybody = ["you@example.net", "press@example.edu"]
        with logged_in(aws.instance, key) as client:
            reply = refused(client, message(FROM, "blind copy"), to_addrs=everybody)
        assert reply.startswith("554 Access denied")

    def test_the_header_names_the_configuration_set(self, aws: Any, key: Key) -> None:
        deny = {
            "Effect": "Deny",
            "Action": "ses:*",
            "Resource": "arn:aws:ses:*:*:configuration-set/smtp-forbidden",
        }
        aws.client("iam").put_user_policy(
            UserName=key["UserName"],
            PolicyName="deny",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [deny]}),
        )
        for name in ("allowed", "forbidden"):
            aws.client("ses").create_configuration_set(ConfigurationSet={"Name": f"smtp-{name}"})
        with logged_in(aws.instance, key) as client:
            client.send_message(message(FROM, "set", X_SES_CONFIGURATION_SET="smtp-allowed"))
            reply = refused(client, message(FROM, "set", X_SES_CONFIGURATION_SET="smtp-forbidden"))
        assert "configuration-set/smtp-forbidden" in reply

    @pytest.mark.parametrize(
        ("header", "envelope"), [("us@example.org", FROM), (FROM, "root@server.internal")]
    )
    def test_neither_sender_may_be_unverified(
        self, aws: Any, key: Key, header: str, envelope: str
    ) -> None:
        with logged_in(aws.instance, key) as client:
            reply = refused(client, message(header, "unverified"), from_addr=envelope)
        unverified = envelope if header == FROM else header
        assert reply == (
            "554 Message rejected: Email address is not verified. The following identities failed "
            f"the check in region US-EAST-1: {unverified}"
        )

    def test_ministack_still_takes_an_unverified_header(self, pristine: Any) -> None:
        ses = pristine.client("ses")
        ses.verify_email_identity(EmailAddress=FROM)
        raw = message("us@example.org", "unverified").as_bytes()
        assert ses.send_raw_email(Source=FROM, RawMessage={"Data": raw})["MessageId"]


class TestRefusal:
    @pytest.mark.parametrize(
        ("code", "reply"),
        [
            ("Throttling", "454 Throttling failure: Maximum sending rate exceeded."),
            ("MessageRejected", "554 Message rejected: Maximum sending rate exceeded."),
            ("InvalidParameterValue", "554 Transaction failed: Maximum sending rate exceeded."),
        ],
    )
    def test_each_error_of_the_api_has_its_reply(self, code: str, reply: str) -> None:
        assert refusal(code, "Maximum sending rate exceeded.") == reply
