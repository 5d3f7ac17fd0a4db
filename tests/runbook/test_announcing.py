"""Whoever changes something is told first which account it is, as whom, and on which AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import boto3
import pytest
from botocore.client import BaseClient
from typer import Typer
from typer.testing import CliRunner

from runbook.base import aws
from runbook.cli import app
from runbook.database import consumers, tunnel
from tests.builders import sender

FILE = f"""
account: "123456789012"
mail:
  domains: {{example.org: {{configuration_set: app}}}}
  addresses: {{data@example.org: {{}}}}
  configuration_sets: {{app: {{}}}}
  senders: {{app: {sender("noreply@example.org")}}}
"""
WHO = aws.Caller(
    "123456789012",
    "arn:aws:sts::123456789012:assumed-role/leads/ann@example.org",
    "AROALEADS:ann@example.org",
)

CHANGING = {
    "adopt": "--prepare",
    "changes approve": "",
    "changes discard": "",
    "changes execute": "",
    "changes prepare": "",
    "drift": "--revert",
    "mail suppressed": "jane@example.net --remove --yes",
    "mail test": "app",
    "mail verify": "data@example.org",
}
"""The commands that change the account, as they do."""
BASTION = {"database connect", "database tunnel"}
"""Those that start a bastion, if there is one."""
DATABASE = {"database passwords"}
"""Those that change a database."""
EMBEDDED = {"local deploy", "local stop"}
"""Those that reach the embedded AWS only."""
READING = {
    "backup drill",  # which records its end with the key of the drill's own user
    "backup status",
    "changes history",
    "changes show",
    "credentials list",
    "credentials rotate",  # which changes the file
    "credentials show",
    "database certificates",
    "database show",
    "database users",
    "dns check",
    "dns show",
    "doctor",
    "mail dmarc",
    "mail explain",
    "mail link",
    "mail may-send",
    "mail status",
    "senders",
    "status",
}


class AnnouncedError(Exception):
    """The announcement was made, and nothing after it."""


def leaves(group: Typer, path: str = "") -> Iterator[str]:
    for command in group.registered_commands:
        named = command.name or getattr(command.callback, "__name__", "")
        yield f"{path} {named}".strip()
    for below in group.registered_groups:
        assert below.typer_instance
        yield from leaves(below.typer_instance, f"{path} {below.name}".strip())


def test_every_command_is_known_to_change_something_or_not() -> None:
    known = [*CHANGING, *BASTION, *DATABASE, *EMBEDDED, *READING]
    assert sorted(known) == sorted(leaves(app))


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> None:
    """End with the announcement, and fail for a call of AWS before it."""

    def end(who: aws.Caller, region: str) -> NoReturn:
        raise AnnouncedError(who.arn, region)

    def call(self: BaseClient, operation: str, parameters: Any) -> NoReturn:
        raise AssertionError(operation)

    monkeypatch.setattr(aws, "announce", end)
    monkeypatch.setattr(aws, "caller", lambda _: WHO)
    monkeypatch.setattr(BaseClient, "_make_api_call", call)


@pytest.mark.usefixtures("announced")
@pytest.mark.parametrize("command", CHANGING)
def test_it_is_said_before_anything_is_asked_or_changed(command: str, tmp_path: Path) -> None:
    file = tmp_path / "groundwork.yaml"
    file.write_text(FILE)
    arguments = [*command.split(), *CHANGING[command].split(), "--config", str(file)]
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, AnnouncedError), result.output
    assert result.exception.args == (WHO.arn, "us-east-1")


@pytest.mark.usefixtures("announced")
def test_it_is_said_before_a_bastion_is_started() -> None:
    class Place:
        region = "us-east-1"

        def require_bastion(self) -> str:
            return "i-1"

    wake: Callable[[Any], None] = tunnel.wake
    with pytest.raises(AnnouncedError):
        wake(Place())


@pytest.mark.usefixtures("announced")
def test_it_is_said_before_a_password_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Place:
        region = "us-east-1"

    file = tmp_path / "groundwork.yaml"
    file.write_text(FILE)
    monkeypatch.setattr(consumers, "find", lambda *_: Place())
    monkeypatch.setattr(consumers, "logins", lambda *_: [])
    with pytest.raises(AnnouncedError):
        consumers.set_passwords(file, "books", None)


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        ("https://127.0.0.1:4566", "on the embedded AWS at https://127.0.0.1:4566."),
        ("https://cloudformation.us-east-1.amazonaws.com", "on AWS."),
        ("https://proxy.example.org", "on what answers at https://proxy.example.org."),
    ],
)
def test_it_says_account_caller_and_which_aws(
    endpoint: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
    made: Any = boto3.client
    client = made("cloudformation", region_name="us-east-1", endpoint_url=endpoint, **key)
    monkeypatch.setattr(aws, "cloudformation", lambda _: client)
    aws.announce(WHO, "us-east-1")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == f"This changes account 123456789012 as {WHO.arn}, {said}\n"
