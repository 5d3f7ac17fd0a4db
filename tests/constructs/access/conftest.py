"""The access stack in an embedded AWS, and sessions of its roles to try."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from aws_cdk.assertions import Template
from botocore.exceptions import ClientError

import embedded
from embedded import Embedded, processes
from tests.embedded.conftest import packed
from tests.instances import client_of

ACCOUNT = "123456789012"
REGION = "us-east-1"
GITHUB = "https://token.actions.githubusercontent.com"
CONFIGURATION = """
access:
  author:
    github: ["repo:example/infrastructure:pull_request"]
    principals: ["arn:aws:iam::123456789012:user/ann"]
  approver:
    github: ["repo:example/infrastructure:environment:production"]
    principals: ["arn:aws:iam::123456789012:user/bob"]
  reader: {principals: ["arn:aws:iam::123456789012:user/cleo"]}
  notify: [sysadmin@example.org]
  groups:
    mail:
      items: [mail, data/databases/payroll]
      principals: ["arn:aws:iam::123456789012:user/mia"]
backup: {buckets: {reports: {region: eu-west-2}}}
"""
USERS = {"author": "ann", "approver": "bob", "reader": "cleo", "approver-mail": "mia"}
EXECUTION_ROLE = f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-{REGION}"
RECORDS = f"groundwork-records-{ACCOUNT}-{REGION}"
LONGEST_TEMPLATE = 51_200
QUEUE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


@dataclass(frozen=True)
class Session:
    """Somebody's credentials in the embedded AWS; the administrator's without any."""

    instance: Embedded
    credentials: dict[str, str] | None = None

    @property
    def id(self) -> str:
        """AWS's own id of the caller, below which the caller's records are."""
        return str(self.client("sts").get_caller_identity()["UserId"])

    def client(self, service: Any, region: str = REGION) -> Any:
        return client_of(self.instance, service, region, self.credentials)

    def prepare(
        self, stack: str, template: dict[str, Any] = QUEUE, *, region: str = REGION, **more: Any
    ) -> str:
        """Make a change set as the command does, and return its ARN."""
        cloudformation = self.client("cloudformation", region)
        answer = cloudformation.create_change_set(
            StackName=stack,
            ChangeSetName=f"groundwork-{uuid.uuid4()}",
            ChangeSetType=more.pop("kind", "CREATE"),
            **self._given(json.dumps(template)),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            **more,
        )
        named = {"StackName": stack, "ChangeSetName": answer["Id"]}
        ready = processes.until(
            lambda: cloudformation.describe_change_set(**named)["Status"] == "CREATE_COMPLETE", 30
        )
        assert ready
        return str(answer["Id"])

    def _given(self, template: str) -> dict[str, str]:
        """Give a template that is longer than a call takes by its URL."""
        if len(template) <= LONGEST_TEMPLATE:
            return {"TemplateBody": template}
        s3 = self.client("s3")
        s3.create_bucket(Bucket="templates")
        s3.put_object(Bucket="templates", Key="long.json", Body=template.encode())
        return {"TemplateURL": "https://s3.us-east-1.amazonaws.com/templates/long.json"}

    def record(self, key: str, body: str = "{}", **more: Any) -> str:
        """Write a record once, as the command does, and return its version."""
        answer = self.client("s3").put_object(
            Bucket=RECORDS,
            Key=key,
            Body=body.encode(),
            **{"IfNoneMatch": "*", "ChecksumAlgorithm": "SHA256", **more},
        )
        return str(answer["VersionId"])

    def execute(self, stack: str, change_set: str, *, region: str = REGION) -> str:
        """Execute a change set, and return the status in which the stack ends."""
        cloudformation = self.client("cloudformation", region)
        cloudformation.execute_change_set(StackName=stack, ChangeSetName=change_set)
        seen: list[str] = []

        def is_final() -> bool:
            described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
            seen.append(described["StackStatus"])
            return not seen[-1].endswith("IN_PROGRESS")

        assert processes.until(is_final, 30), seen[-1]
        return seen[-1]


def denied(call: Callable[[], Any]) -> bool:
    """Whether AWS refuses a call for the caller's permissions, and not for any other reason."""
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException"):
            return True
        raise
    return False


def token(subject: str, audience: str = "sts.amazonaws.com", issuer: str = GITHUB) -> str:
    """Make a token as GitHub's, which the embedded AWS reads without checking its signature."""
    claims = {"iss": issuer, "sub": subject, "aud": audience}
    parts = [{"alg": "none"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join([part.rstrip("=") for part in encoded] + ["signature"])


def _hire(administrator: Session, user: str) -> None:
    """Make a user without any permission: which role they get, the roles' trust decides."""
    administrator.client("iam").create_user(UserName=user)


def _publish(administrator: Session, template: Mapping[str, Any]) -> None:
    s3 = administrator.client("s3")
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            code = resource["Properties"]["Code"]
            s3.create_bucket(Bucket=code["S3Bucket"])
            name = resource["Properties"]["Handler"].split(".")[1]
            s3.put_object(Bucket=code["S3Bucket"], Key=code["S3Key"], Body=packed(name))


@pytest.fixture(scope="session")
def administrator(
    tmp_path_factory: pytest.TempPathFactory,
    templates: Callable[[str], dict[str, Template]],
) -> Iterator[Session]:
    """An embedded AWS with the access stack deployed."""
    directory = tmp_path_factory.mktemp("access")
    session = Session(embedded.start(directory, ACCOUNT, REGION))
    for user in (*USERS.values(), "eve"):
        _hire(session, user)
    template = templates(CONFIGURATION)["access-us-east-1"].to_json()
    _publish(session, template)
    # Bootstrap's parameter is not there, and nothing in the stack uses it.
    resources = {"Resources": template["Resources"]}
    stack = "access-us-east-1"
    assert session.execute(stack, session.prepare(stack, resources)) == "CREATE_COMPLETE"
    yield session
    embedded.stop(directory)


@pytest.fixture(scope="session")
def user(administrator: Session) -> Callable[[str], Session]:
    """A user's own credentials."""

    def signed_in(name: str) -> Session:
        key = administrator.client("iam").create_access_key(UserName=name)["AccessKey"]
        return Session(
            administrator.instance,
            {
                "aws_access_key_id": key["AccessKeyId"],
                "aws_secret_access_key": key["SecretAccessKey"],
            },
        )

    return signed_in


@pytest.fixture(scope="session")
def session(administrator: Session, user: Callable[[str], Session]) -> Callable[[str], Session]:
    """A session of one of the roles, assumed by the user that the file names for it."""

    def assume(role: str) -> Session:
        answer = (
            user(USERS[role])
            .client("sts")
            .assume_role(
                RoleArn=f"arn:aws:iam::{ACCOUNT}:role/groundwork-{role}",
                RoleSessionName=USERS[role],
            )["Credentials"]
        )
        return Session(
            administrator.instance,
            {
                "aws_access_key_id": answer["AccessKeyId"],
                "aws_secret_access_key": answer["SecretAccessKey"],
                "aws_session_token": answer["SessionToken"],
            },
        )

    return cache(assume)


@pytest.fixture
def author(session: Callable[[str], Session]) -> Session:
    return session("author")


@pytest.fixture
def approver(session: Callable[[str], Session]) -> Session:
    return session("approver")


@pytest.fixture
def postmaster(session: Callable[[str], Session]) -> Session:
    """One of the group of approvers whose mail is."""
    return session("approver-mail")


@pytest.fixture
def reader(session: Callable[[str], Session]) -> Session:
    return session("reader")


@pytest.fixture(scope="session")
def powerful(administrator: Session) -> Session:
    """An administrator who is a user, and as such is asked for permissions."""
    iam = administrator.client("iam")
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.create_user(UserName="root-like")
    iam.put_user_policy(UserName="root-like", PolicyName="all", PolicyDocument=document)
    made = iam.create_access_key(UserName="root-like")["AccessKey"]
    keys = {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
    }
    return Session(administrator.instance, keys)
