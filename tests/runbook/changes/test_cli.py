"""What the person at the terminal sees of `groundwork changes show` and `history`."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes import cli, commands
from runbook.changes.context import Context
from runbook.changes.history import history, person
from runbook.changes.records import Records
from runbook.changes.stores import Folder
from runbook.status import screen
from settings import parse
from tests.runbook.changes import samples


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    account = "123456789012"
    console = Console(file=io.StringIO(), width=120)
    caller = aws.Caller(account, f"arn:aws:iam::{account}:user/jane", "AIDAJANE")
    made = Context(
        console,
        parse(f'account: "{account}"\nbackup: {{buckets: {{reports: {{}}}}}}'),
        caller,
        Records(Folder(tmp_path), "AIDAJANE"),
    )
    made.records.save_review(samples.every_effect())
    monkeypatch.setattr(cli, "_context", lambda config, state: made)
    return made


def said(context: Context) -> str:
    file: Any = context.console.file
    return str(file.getvalue())


def test_a_page_is_written_into_a_folder_that_was_not_there(
    context: Context, tmp_path: Path
) -> None:
    cli.show(html=tmp_path / "new" / "review.html", markdown=tmp_path / "comments")
    assert "DATA LOST" in (tmp_path / "new" / "review.html").read_text(encoding="utf-8")
    assert "DATA LOST" in (tmp_path / "comments" / "1.md").read_text(encoding="utf-8")


def test_a_check_names_what_the_file_rules_out_and_fails(
    context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        cli.show(check=True)
    assert ended.value.exit_code == 2
    assert capsys.readouterr().out == ("data-us-east-1/databases/analysis: something ruled-out\n")
    context.records.save_review(samples.harmless().model_copy(update={"id": "9" * 8}))
    with pytest.raises(typer.Exit) as well:
        cli.show(check=True)
    assert (well.value.exit_code, capsys.readouterr().out) == (0, "")


def test_preparing_what_the_file_rules_out_fails_once_it_is_saved(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_changing", lambda config, state: context)
    monkeypatch.setattr(commands, "prepare", lambda *_, **__: samples.harmless())
    cli.prepare()
    monkeypatch.setattr(commands, "prepare", lambda *_, **__: samples.every_effect())
    with pytest.raises(typer.Exit) as ended:
        cli.prepare()
    assert ended.value.exit_code == 2


@pytest.mark.parametrize("option", ["html", "markdown"])
def test_a_file_that_cannot_be_written_is_no_traceback(
    context: Context, tmp_path: Path, option: str
) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    options: dict[str, Any] = {option: file / "review"}
    with pytest.raises(UserError, match="cannot be written"):
        cli.show(**options)


def test_a_review_is_shown_with_how_far_it_has_come(context: Context) -> None:
    cli.show()
    assert "Prepared by groundwork-author/jane, 2026-09-30 10:15 UTC. Not approved" in said(context)


def test_the_history_has_dates(context: Context) -> None:
    history(context)
    assert "2026-09-30 10:15 UTC" in said(context)


def test_the_id_of_a_review_is_whole_in_a_narrow_terminal(context: Context) -> None:
    context.console.width = 60
    made = samples.harmless().model_copy(update={"id": "20261123T081731-43d123"})
    context.records.save_review(made)
    history(context)
    assert made.id in said(context)


def test_a_program_gets_the_history(context: Context, capsys: pytest.CaptureFixture[str]) -> None:
    history(context, as_json=True)
    (found,) = json.loads(capsys.readouterr().out)
    assert found["prepared"]["at"].startswith("2026-09-30T10:15")
    assert (found["readable"], found["approved"], found["executed"]) == (True, [], [])


def test_the_workflow_reads_the_id_of_the_review_from_what_prepare_prints() -> None:
    workflow = Path(".github/workflows/review.yml").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"sed -n 's/(.+)/\\1/p'", workflow)
    printed = commands.SAVED.format(id="20260930T101500-a1b2c3", place=".local/records")
    found = re.fullmatch(pattern.replace("\\(", "(").replace("\\)", ")"), printed)
    assert found
    assert found[1] == "20260930T101500-a1b2c3"


def test_an_execution_ends_with_what_was_built(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(commands, "run", lambda context, review: done.append("executed"))
    monkeypatch.setattr(screen, "overview", lambda *_: done.append("shown"))
    cli.execute()
    assert done == ["executed", "shown"]


EXECUTION = "arn:aws:states:us-east-1:123456789012:execution"


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("123456789012", "root"),
        ("AROAAPPROVER:ann@example.org", "ann@example.org"),
        (f"{EXECUTION}:groundwork-execution:one", "groundwork-execution"),
    ],
)
def test_whoever_executed_is_called_as_people_know_them(who: str, name: str) -> None:
    assert person(who) == name
