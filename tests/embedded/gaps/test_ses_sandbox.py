"""What a new account may send, and what SES asks of every message."""

import json
import smtplib
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded.gaps.ses._quota import SANDBOX, Sent
from embedded.smtp import password
from tests.embedded.gaps.messages import message as mail
from tests.instances import ONCE, client_of

# Each test has a region of its own, in which nothing was sent.
REGIONS = ("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
           "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-2", "eu-west-3", "sa-east-1",
           "us-east-2", "us-west-1", "us-west-2", "af-south-1", "ap-northeast-3", "eu-central-2",
           "eu-south-1", "il-central-1", "me-central-1", "me-south-1")  # fmt: skip
FROM = "noreply@example.com"
KNOWN = "you@example.net"
SIMULATOR = "success@simulator.amazonses.com"


@pytest.fixture(scope="module")
def regions() -> Iterator[str]:
    return iter(REGIONS)


@pytest.fixture
def region(aws: Any, pristine: Any, regions: Iterator[str]) -> str:
    """A region in which a domain and a recipient are verified."""
    found = next(regions)
    for where in (aws, pristine):
        for identity in ("example.com", KNOWN):
            where.client("sesv2", found).create_email_identity(EmailIdentity=identity)
    return found


def client(where: Any, region: str, service: str = "ses", **key: str) -> Any:
    return client_of(where.instance, service, region, key, config=ONCE)


def message(to: str = KNOWN, from_: str = FROM, **headers: str) -> bytes:
    return mail(from_, to, **headers)


def send(where: Any, region: str, data: bytes, **given: Any) -> str:
    """Send once; the error's code and message, or nothing."""
    try:
        client(where, region).send_raw_email(RawMessage={"Data": data}, **given)
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
    return ""


class TestSandbox:
    def test_a_new_account_is_in_it_until_it_has_production_access(
        self, aws: Any, region: str
    ) -> None:
        ses = aws.client("sesv2", region)
        account = ses.get_account()
        assert account["ProductionAccessEnabled"] is False
        assert (account["SendQuota"]["Max24HourSend"], account["SendQuota"]["MaxSendRate"]) == (
            200,
            1,
        )
        aws.leave_sandbox(region)
        account = ses.get_account()
        assert account["ProductionAccessEnabled"] is True
        assert account["SendQuota"]["Max24HourSend"] == 50_000
        assert aws.client("ses", region).get_send_quota()["Max24HourSend"] == 50_000

    def test_it_sends_to_verified_recipients_and_the_simulator(self, aws: Any, region: str) -> None:
        unknown = "MessageRejected: Email address is not verified."
        assert send(aws, region, message("public@example.edu")).startswith(unknown)
        assert send(aws, region, message(f"{KNOWN}, {SIMULATOR}")) == ""

    def test_it_sends_one_message_a_second(self, aws: Any, region: str) -> None:
        # Often enough for two of them to be in one second, however slow the machine is.
        answers = [send(aws, region, message()) for _ in range(10)]
        assert set(answers) == {"", "Throttling: Maximum sending rate exceeded."}
        quota = aws.client("sesv2", region).get_account()["SendQuota"]
        assert quota["SentLast24Hours"] == answers.count("")

    def test_smtp_says_to_try_again(self, aws: Any, region: str) -> None:
        key = user(aws, "throttled", "*")
        with smtplib.SMTP("localhost", aws.instance.smtp_port, timeout=30) as smtp:
            smtp.starttls(context=ssl.create_default_context(cafile=aws.instance.certificate))
            smtp.login(key["AccessKeyId"], password(key["SecretAccessKey"], region))
            with pytest.raises(smtplib.SMTPDataError) as throttled:
                send_often(smtp)
        assert throttled.value.smtp_code == 454
        assert "Maximum sending rate exceeded" in str(throttled.value)

    def test_the_recipients_identity_is_authorized_too(self, aws: Any, region: str) -> None:
        identity = f"arn:aws:ses:{region}:123456789012:identity"
        key = user(aws, "confined", f"{identity}/example.com")
        signed = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }
        ses = client(aws, region, **signed)
        with pytest.raises(ClientError, match="AccessDenied") as denied:
            ses.send_raw_email(RawMessage={"Data": message()})
        assert f"{identity}/{KNOWN}" in str(denied.value)
        ses.send_raw_email(RawMessage={"Data": message(SIMULATOR)})
        aws.leave_sandbox(region)
        ses.send_raw_email(RawMessage={"Data": message()})

    def test_ministack_still_has_no_sandbox(self, pristine: Any, region: str) -> None:
        assert [send(pristine, region, message("public@example.edu")) for _ in range(3)] == [""] * 3
        assert pristine.client("sesv2", region).get_account()["ProductionAccessEnabled"]


def send_often(smtp: smtplib.SMTP) -> None:
    for _ in range(10):
        smtp.sendmail(FROM, KNOWN, message())


def user(aws: Any, name: str, resource: str) -> dict[str, str]:
    """Make a user who may send on a resource; the access key."""
    iam = aws.client("iam")
    statement = {"Effect": "Allow", "Action": "ses:Send*", "Resource": resource}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="send", PolicyDocument=policy)
    key: dict[str, str] = iam.create_access_key(UserName=name)["AccessKey"]
    return key


class TestQuota:
    def test_the_day_has_24_hours_and_counts_recipients(self) -> None:
        now = [0.0]
        sent = Sent(clock=lambda: now[0])
        for _ in range(4):
            assert sent.refusal(50, SANDBOX) is None
            now[0] += 1
        assert sent.refusal(1, SANDBOX) == "Daily message quota exceeded."
        assert sent.last_day() == 200
        now[0] = 24 * 60 * 60 + 0.5
        assert sent.refusal(50, SANDBOX) is None
        assert sent.refusal(1, SANDBOX) == "Daily message quota exceeded."

    def test_a_message_that_is_refused_does_not_count(self) -> None:
        sent = Sent(clock=lambda: 0.0)
        assert sent.refusal(1, SANDBOX) is None
        assert [sent.refusal(1, SANDBOX) for _ in range(3)] == [
            "Maximum sending rate exceeded."
        ] * 3
        assert sent.last_day() == 1


class TestAddresses:
    @pytest.mark.parametrize("header", ["Sender", "Return-Path"])
    def test_whoever_is_named_as_sender_is_verified(
        self, aws: Any, region: str, header: str
    ) -> None:
        data = message(**{header: "someone@example.edu"})
        rejected = send(aws, region, data)
        assert rejected.startswith("MessageRejected: Email address is not verified.")
        assert rejected.endswith(": someone@example.edu")

    def test_ministack_still_takes_any_sender(self, pristine: Any, region: str) -> None:
        assert send(pristine, region, message(Sender="someone@example.edu")) == ""


class TestWellFormed:
    @pytest.mark.parametrize(
        ("data", "fault"),
        [
            (b"To: you@example.net\n\nx", "Missing required header 'From'."),
            (message().replace(b"From:", b"From: noreply@example.com\nFrom:"),
             "Duplicate header 'From'."),
            (message(", ".join(f"a{n}@example.net" for n in range(51))),
             "Recipient count exceeds 50."),
            (message("nobody"), "Missing final '@domain'"),
            ("From: Büro <büro@example.com>\nTo: you@example.net\n\nx".encode(),
             "Missing final '@domain'"),
        ],
    )  # fmt: skip
    def test_what_ses_cannot_send_is_refused(
        self, aws: Any, region: str, data: bytes, fault: str
    ) -> None:
        source = {} if b"From" in data else {"Source": FROM}
        assert send(aws, region, data, **source) == f"InvalidParameterValue: {fault}"

    def test_a_name_may_have_any_letters(self, aws: Any, region: str) -> None:
        data = f"From: Büro <{FROM}>\nTo: {KNOWN}\n\nx".encode()
        assert send(aws, region, data) == ""

    def test_the_second_api_refuses_alike(self, aws: Any, region: str) -> None:
        sesv2 = client(aws, region, "sesv2")
        with pytest.raises(sesv2.exceptions.BadRequestException, match="exceeds 50"):
            sesv2.send_email(
                FromEmailAddress=FROM,
                Destination={"ToAddresses": [f"a{n}@example.net" for n in range(51)]},
                Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
            )

    def test_ministack_still_takes_51_recipients(self, pristine: Any, region: str) -> None:
        assert send(pristine, region, message(", ".join(f"a{n}@b.org" for n in range(51)))) == ""
