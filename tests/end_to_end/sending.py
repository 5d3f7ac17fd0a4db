"""An account in which senders are declared, and messages that they send there."""

from __future__ import annotations

import json
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from embedded import Embedded
from runbook.mail.permission.message import Message
from runbook.mail.simulator import smtp
from settings.contract import Output, output_key
from tests.builders import sender
from tests.commands import Ended, deploy
from tests.instances import client_of

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

    def deploy(self, configuration: str) -> Ended:
        file = self.instance.directory / "groundwork.yaml"
        file.write_text(configuration)
        return deploy(self.instance, file)


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


def is_relayed(client: smtplib.SMTP, written: EmailMessage, *recipients: str) -> bool:
    """Send through SMTP, to somebody unless recipients are named."""
    try:
        client.send_message(written, to_addrs=recipients or ["a@example.net"])
    except smtplib.SMTPDataError as error:
        if "Access denied" not in str(error):
            raise
        return False
    return True


Queue = Callable[[], list[str]]


@contextmanager
def queue(account: Account) -> Iterator[Queue]:
    sqs, sns = account.client("sqs"), account.client("sns")
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "arn:aws:sqs:us-east-1:123456789012:pauses",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    url = sqs.create_queue(QueueName="pauses", Attributes={"Policy": policy})["QueueUrl"]
    subscribed = sns.subscribe(
        TopicArn="arn:aws:sns:us-east-1:123456789012:mail-alarms",
        Protocol="sqs",
        Endpoint="arn:aws:sqs:us-east-1:123456789012:pauses",
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]

    def received() -> list[str]:
        answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5, MaxNumberOfMessages=10)
        return [each["Body"] for each in answer.get("Messages", ())]

    yield received
    sns.unsubscribe(SubscriptionArn=subscribed)
    sqs.delete_queue(QueueUrl=url)


def in_tenant(address: str, tenant: str, configuration_set: str) -> EmailMessage:
    written = message(address, configuration_set)
    written["X-SES-TENANT"] = tenant
    return written


def answered(client: smtplib.SMTP, written: EmailMessage) -> str:
    """Return what SES answers to a message; nothing if it takes it."""
    try:
        client.send_message(written, to_addrs=["a@example.net"])
    except smtplib.SMTPDataError as error:
        return str(error.smtp_error)
    return ""


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
