"""The suppression list, as the embedded AWS keeps it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from typer.testing import CliRunner, Result

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.mail import suppressed
from runbook.mail.cli import app
from settings import load

REGION = "eu-north-1"
FILE = """
account: "123456789012"
region: eu-north-1
mail:
  domains: {example.org: {configuration_set: strict}}
  configuration_sets:
    strict: {suppression: [bounce, complaint]}
    loose: {suppression: [complaint], regions: [eu-north-1, eu-west-1]}
"""

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "groundwork.yaml"
    path.write_text(FILE)
    return path


@pytest.fixture
def run(file: Path) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["suppressed", *arguments, "--config", str(file)])

    return run


def client(region: str = REGION) -> Any:
    return boto3.client("sesv2", region_name=region, config=aws.CONFIG)


@pytest.fixture
def address() -> str:
    """An address that is on the list because it bounced."""
    made = f"{uuid.uuid4().hex}@example.net"
    client().put_suppressed_destination(EmailAddress=made, Reason="BOUNCE")
    return made


def test_an_address_is_shown_with_the_reason_and_the_day(
    run: Callable[..., Result], address: str
) -> None:
    found = run(address)
    assert found.exit_code == 1, found.output
    assert f"{address} is suppressed in {REGION} since 20" in found.output
    assert "a message to it bounced for good" in found.output
    assert f"groundwork mail suppressed {address} --remove" in found.output


def test_it_is_found_however_it_is_written(run: Callable[..., Result], address: str) -> None:
    assert address in run(address.upper()).output


def test_an_address_that_is_not_on_the_list_is_said_not_to_be(
    run: Callable[..., Result],
) -> None:
    found = run("nobody@example.net")
    assert found.exit_code == 0
    assert "nobody@example.net is not suppressed in eu-north-1, eu-west-1." in found.output
    assert "not suppressed" in run("nobody@example.net", "--remove").output


def test_a_set_that_sends_to_it_all_the_same_is_named(
    run: Callable[..., Result], address: str
) -> None:
    for name, reasons in (("strict", ["BOUNCE", "COMPLAINT"]), ("loose", ["COMPLAINT"])):
        client().create_configuration_set(
            ConfigurationSetName=name, SuppressionOptions={"SuppressedReasons": reasons}
        )
    try:
        output = run(address).output
    finally:
        for name in ("strict", "loose"):
            client().delete_configuration_set(ConfigurationSetName=name)
    assert "configuration set loose is sent to it" in output
    assert "configuration set strict" not in output


def test_the_list_is_shown_with_the_newest_first(run: Callable[..., Result], address: str) -> None:
    assert address in run().output
    found = {entry["address"]: entry for entry in json.loads(run("--json").output)}
    assert (found[address]["reason"], found[address]["region"]) == ("bounce", REGION)
    days = [entry["since"] for entry in found.values()]
    assert days == sorted(days, reverse=True)


def test_programs_get_one_entry_as_json(run: Callable[..., Result], address: str) -> None:
    found = run(address, "--json")
    assert found.exit_code == 1
    (entry,) = json.loads(found.output)
    assert (entry["address"], entry["reason"]) == (address, "bounce")
    assert json.loads(run("nobody@example.net", "--json").output) == []


def test_nothing_is_removed_without_a_yes(
    run: Callable[..., Result], address: str, file: Path
) -> None:
    refused = run(address, "--remove")
    assert refused.exit_code == 1
    assert "Nothing was removed." in str(refused.exception)
    confirm = Mock(return_value=False)
    with pytest.raises(UserError, match="Nothing was removed"):
        suppressed.remove(load(file), address, confirm)
    confirm.assert_called_once_with(f"Take {address} off the list of {REGION}?")
    assert run(address).exit_code == 1


def test_an_address_is_removed_once_that_is_confirmed(
    run: Callable[..., Result], address: str
) -> None:
    removed = run(address, "--remove", "--yes")
    assert removed.exit_code == 0, removed.output
    assert "It is off the list." in removed.output
    assert run(address).exit_code == 0


def test_whoever_complained_is_said_to_have(run: Callable[..., Result], address: str) -> None:
    client().put_suppressed_destination(EmailAddress=address, Reason="COMPLAINT")
    assert "Has that changed?" in run(address, "--remove", "--yes").output


@pytest.mark.parametrize("wrong", ["jane", "@", "example.net", "\x1b[2J"])
def test_what_is_no_address_is_refused(run: Callable[..., Result], wrong: str) -> None:
    refused = run(wrong)
    assert isinstance(refused.exception, UserError)
    assert "is not an e-mail address" in refused.exception.message
    assert "\x1b" not in refused.exception.message


def test_removing_asks_for_one_address(run: Callable[..., Result]) -> None:
    assert "Pass one with --remove" in str(run("--remove").exception)
