"""What is shown once changes are executed."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from rich.console import Console
from typer.testing import CliRunner

from runbook import overview
from runbook.changes import cli, commands
from settings import Settings


def shown(settings: Settings) -> str:
    console = Console(width=200)
    with console.capture() as capture:
        overview.after_execution(console, settings)
    return capture.get()


def test_what_was_built_comes_first_and_then_what_is_next(
    example: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "present", lambda console, settings: console.print("built"))
    text = shown(example)
    assert text.index("built") < text.index("Next: groundwork status")


def test_a_role_that_sees_nothing_of_it_has_executed_all_the_same(
    example: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(console: Console, settings: Settings) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not yours"}}, "Get")

    monkeypatch.setattr(overview, "present", denied)
    assert "This role does not see what was built: not yours" in shown(example)


def test_the_command_shows_it_after_the_execution(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    context = SimpleNamespace(console=None, settings=None)
    monkeypatch.setattr(cli, "_context", lambda config, state: context)
    monkeypatch.setattr(commands, "run", lambda context, review: done.append("executed"))
    monkeypatch.setattr(overview, "after_execution", lambda *_: done.append("shown"))
    run = CliRunner().invoke(cli.app, ["execute"])
    assert (run.exit_code, done) == (0, ["executed", "shown"])
