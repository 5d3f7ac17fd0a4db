"""The doctor as a whole: its table of checks, what it may not ask, and its command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from rich.console import Console
from typer.testing import CliRunner

from runbook.base.errors import UserError
from runbook.cli import app
from runbook.doctor import command
from runbook.doctor.answer import Answer, State, unasked
from runbook.doctor.checks import CHECKS, Check
from runbook.doctor.examine import Row
from runbook.doctor.owners import Owners
from runbook.doctor.place import Place
from settings import parse
from tests.runbook.doctor.asking import asked, settings

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


def test_every_check_has_its_place_in_the_table() -> None:
    assert list(CHECKS) == list(Check)


def denied(action: str) -> ClientError:
    message = f"User: arn:aws:iam::123456789012:user/ann is not authorized to perform: {action}"
    answer: Any = {"Error": {"Code": "AccessDeniedException", "Message": message}}
    return ClientError(answer, action.partition(":")[2])


def test_what_is_not_allowed_cannot_be_asked_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ssm:
        class exceptions:  # noqa: N801 - as botocore names it
            class ParameterNotFound(Exception):  # noqa: N818 - as botocore names it
                pass

        def get_parameter(self, **_: str) -> None:
            raise denied("ssm:GetParameter")

    monkeypatch.setattr(Place, "ssm", Ssm())
    (found,) = asked("", Check.BOOTSTRAP)
    assert (found.state, found.text) == (State.UNASKED, "ssm:GetParameter is not allowed")


@pytest.mark.parametrize("check", [Check.STACKS, Check.GUARDS])
def test_stacks_that_may_not_be_seen_keep_nothing_else_back(
    monkeypatch: pytest.MonkeyPatch, check: Check
) -> None:
    class CloudFormation:
        def describe_stacks(self, **_: str) -> None:
            raise denied("cloudformation:DescribeStacks")

    monkeypatch.setattr(Place, "cloudformation", CloudFormation())
    (found,) = asked("backup: {buckets: {some-backup: {}}}", check)
    assert (found.state, found.text) == (
        State.UNASKED,
        "cloudformation:DescribeStacks is not allowed",
    )


def test_owners_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    class Account:
        def __init__(self, region: str) -> None:
            read.append(region)

        def owned(self) -> dict[tuple[str, str], str]:
            return {("AWS::IAM::User", "app"): "mail-us-east-1"}

    monkeypatch.setattr("runbook.doctor.owners.Account", Account)
    owners = Owners(["us-east-1", "eu-west-2"])
    assert owners.of("AWS::IAM::User", "app", "eu-west-2") == "mail-us-east-1"
    assert owners.of("AWS::SES::EmailIdentity", "example.org", "eu-west-2") is None
    assert read == ["us-east-1", "eu-west-2"]


class TestCommand:
    ROWS = (
        Row("us-east-1", "mail", Answer("quota: 0 of 200 sent")),
        Row(
            "us-east-1",
            "bootstrap",
            Answer("too old " * 15, State.WRONG, "cdk bootstrap"),
        ),
        Row("eu-west-2", "names", Answer("iam:ListUsers is not allowed", State.UNASKED)),
    )

    @pytest.fixture
    def run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
        def invoke(rows: int, *options: str) -> Any:
            monkeypatch.setattr(command, "examine", lambda *_: [*self.ROWS[:rows]])
            file = tmp_path / "groundwork.yaml"
            file.write_text('account: "123456789012"\nbackup: {buckets: {a-bucket: {}}}\n')
            return CliRunner().invoke(app, ["doctor", "--config", str(file), *options])

        return invoke

    def test_it_ends_with_0_where_nothing_is_wrong(self, run: Callable[..., Any]) -> None:
        result = run(1)
        assert result.exit_code == 0, result.output
        assert "  right credentials: account 123456789012 as" in result.output
        assert "on the embedded AWS at" in " ".join(result.output.split())

    def test_it_ends_with_1_where_something_is_wrong(self, run: Callable[..., Any]) -> None:
        assert run(2).exit_code == 1
        assert run(2, "--json").exit_code == 1

    def test_what_cannot_be_asked_counts_only_when_that_is_asked_for(
        self, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(self.__class__, "ROWS", self.ROWS[2:])
        assert run(1).exit_code == 0
        assert run(1, "--strict").exit_code == 1

    def test_a_wrong_option_ends_with_2(self, run: Callable[..., Any]) -> None:
        assert run(1, "--nothing").exit_code == 2

    def test_a_program_gets_every_row(self, run: Callable[..., Any]) -> None:
        found = json.loads(run(3, "--json").stdout)
        assert [row["state"] for row in found] == ["right", "right", "wrong", "cannot be asked"]
        assert found[2]["advice"] == "cdk bootstrap"

    def test_another_accounts_credentials_are_wrong_and_nothing_else_is_asked(self) -> None:
        (row,) = command.report(parse('account: "210987654321"', may_be_empty=True))
        assert row.answer.state is State.WRONG
        assert "these credentials are for 123456789012" in row.answer.text

    def test_no_line_is_longer_than_the_terminal(self) -> None:
        found = [line.plain for line in command.lines(self.ROWS, 80)]
        assert max(map(len, found)) <= 80
        assert found[0] == "us-east-1"
        assert "eu-west-2" in found

    def test_before_changes_only_what_is_wrong_is_printed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(command, "examine", lambda *_: [*self.ROWS])
        console = Console(width=80)
        with console.capture() as capture:
            command.warn(console, settings(""))
        assert "bootstrap" in capture.get()
        assert "quota" not in capture.get()

    def test_changes_are_not_prepared_where_the_bootstrap_is_missing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(command, "examine", lambda *_: [*self.ROWS])
        buckets = "{here: {}, there: {region: eu-west-2}}"
        declared = settings(f"backup: {{buckets: {buckets}}}", "us-east-1")
        with pytest.raises(UserError, match="bootstrap of us-east-1 is missing") as refused:
            command.warn(Console(quiet=True), declared)
        assert refused.value.advice == "Type: cdk bootstrap"
        command.warn(Console(quiet=True), declared, ["backup-eu-west-2"])


def test_an_error_without_words_is_named() -> None:
    error = ClientError({"Error": {"Code": "UnknownOperation", "Message": ""}}, "GetPlan")
    assert unasked(error).text == "GetPlan: UnknownOperation"
