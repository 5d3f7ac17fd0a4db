"""Whatever is wrong around a command, there is one message for it, and never a traceback."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore import exceptions as botocore
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from runbook import cli
from runbook.base import aws
from tests.conftest import ROOT

NAMED = {
    "mail may-send credere noreply@open-contracting.org": "credere",
    "mail test credere": "credere",
    "mail verify data@open-contracting.org": "data@open-contracting.org",
    "dns show open-contracting.org": "open-contracting.org",
    "dns check open-contracting.org": "open-contracting.org",
    "credentials show credere --as env": "credere",
    "credentials show ocp-redmine-backup --as env": "ocp-redmine-backup",
    "credentials show analysis --as env": "analysis",
    "database show analysis": "analysis",
    "database connect analysis": "analysis",
    "database tunnel common": "common",
    "database users analysis --reader reader": "analysis",
    "database certificates analysis": "analysis",
    "backup status ocp-redmine-backup": "ocp-redmine-backup",
}
"""Commands that are given a name of the file."""
ALL = [
    *NAMED,
    "mail link data@open-contracting.org",
    "status",
    "senders",
    "drift",
    "mail status",
    "mail suppressed",
    "mail suppressed jane@example.net",
    "dns check",
    "credentials list",
    "backup status",
    "changes history",
]
Call = Callable[..., Any]


@pytest.fixture(scope="module")
def session() -> boto3.Session:
    """A session for all commands: one that is made anew reads every service's description."""
    return boto3.Session(aws_access_key_id="any", aws_secret_access_key="any")


@pytest.fixture
def said(
    session: boto3.Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Call]:
    """Run a command as from a shell; return its exit status and what it said of it."""

    def run(arguments: str) -> tuple[object, str]:
        aws.cloudformation.cache_clear()
        monkeypatch.setattr("sys.argv", ["groundwork", *arguments.split()])
        with pytest.raises(SystemExit) as end:
            cli.run()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err + printed.out
        return end.value.code, printed.err

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", session)
    yield run
    aws.cloudformation.cache_clear()


def answering(monkeypatch: pytest.MonkeyPatch, answer: Call, account: str = "123456789012") -> None:
    """Have AWS answer every call so, but for the one that asks who is calling."""

    def call(client: BaseClient, operation: str, given: dict[str, Any]) -> Any:
        if operation == "GetCallerIdentity":
            arn = f"arn:aws:iam::{account}:user/jane"
            return {"Account": account, "Arn": arn, "UserId": "AIDAEXAMPLE"}
        return answer(operation)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)


def refusing(code: str, message: str) -> Call:
    def answer(operation: str) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": message}}, operation)

    return answer


@pytest.mark.parametrize("command", NAMED)
def test_a_name_that_the_file_has_not_gets_the_nearest(said: Call, command: str) -> None:
    name = NAMED[command]
    status, text = said(command.replace(name, f"x{name[1:]}", 1))
    assert status == 1
    assert f"x{name[1:]}" in text
    assert f"Did you mean {name}" in text


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("backup status credere", "credere is a configuration set and a sender in the file, not"),
        ("mail test ocp-redmine-backup", "a backup user in the file, not a sender."),
        ("database show credere", "a sender in the file, not a database."),
        ("dns show data@open-contracting.org", "is an address in the file, not a domain."),
        ("credentials show open-contracting.org --as env", "is a domain in the file, not a sender"),
        ("credentials rotate analysis", "analysis is a database"),
        ("mail verify open-contracting.org", "is a domain in the file, not an address."),
    ],
)
def test_a_name_of_another_kind_is_recognized(said: Call, command: str, text: str) -> None:
    status, message = said(command)
    assert status == 1
    assert text in message


@pytest.mark.parametrize("command", ALL)
def test_without_credentials_it_says_how_to_sign_in(
    said: Call, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def none(*_: Any) -> Any:
        raise botocore.NoCredentialsError

    monkeypatch.setattr(BaseClient, "_make_api_call", none)
    status, text = said(command)
    assert status == 1
    assert "credentials" in text
    assert "aws sso login" in text


@pytest.mark.parametrize("command", ALL)
def test_another_account_is_not_touched(
    said: Call, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    answering(monkeypatch, pytest.fail, account="999999999999")
    status, text = said(command)
    assert status == 1
    assert "is for account 123456789012; these credentials are for 999999999999" in text


def unreachable(operation: str) -> Any:
    raise botocore.EndpointConnectionError(endpoint_url="https://x.us-east-1.amazonaws.com")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (unreachable, "AWS cannot be reached"),
        (refusing("ThrottlingException", "Rate exceeded"), "Rate exceeded"),
        (refusing("AccessDenied", "not authorized to perform"), "not authorized to perform"),
        (refusing("UnrecognizedClientException", "token is invalid"), "token is invalid"),
    ],
    ids=["no-network", "throttled", "denied", "region-off"],
)
@pytest.mark.parametrize("command", ALL)
def test_what_aws_refuses_is_said_once(
    said: Call, monkeypatch: pytest.MonkeyPatch, command: str, answer: Call, expected: str
) -> None:
    answering(monkeypatch, answer)
    status, text = said(command)
    assert status != 0
    assert text.count(expected) == 1 or not text


BROKEN = {
    "StackName": "a-stack",
    "StackStatus": "ROLLBACK_COMPLETE",
    "CreationTime": "2026-11-22T10:00:00Z",
}


@pytest.mark.parametrize(
    "command",
    [
        "mail link data@open-contracting.org",
        *(each for each in NAMED if not re.match(r"mail verify|mail may|backup", each)),
    ],
)
def test_a_stack_that_was_not_made_is_named(
    said: Call, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def answer(operation: str) -> Any:
        assert operation == "DescribeStacks"
        return {"Stacks": [BROKEN]}

    answering(monkeypatch, answer)
    status, text = said(command)
    assert status == 1
    assert "not deployed" in text
    assert "ROLLBACK_COMPLETE" in text
