"""The command in every terminal, locale and width, and where nobody reads on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from runbook import cli
from runbook.cli import app
from runbook.dns import command as dns
from tests.conftest import ROOT

PROGRAM = Path(sys.executable).parent / "groundwork"


def sh(command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", command.replace("groundwork", str(PROGRAM), 1)],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("groundwork --help | true", 0, ""),
        ("groundwork --help >/dev/full", 1, "No space left on device"),
        ("groundwork --help >&- 2>&-", 0, ""),
        ("groundwork database show x --config /none.yaml 2>&1 | cat >&2", 0, "/none.yaml"),
        ("groundwork mail explain /none/x", 2, "/none/x"),
    ],
)
def test_no_place_to_write_to_is_a_traceback(command: str, status: int, said: str) -> None:
    run = sh(command)
    assert run.returncode == status
    assert said in run.stderr
    assert "Traceback" not in run.stderr + run.stdout


@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
        {"COLUMNS": "1", "TERM": "dumb"},
        {"COLUMNS": "none", "TERM": ""},
    ],
    ids=lambda variables: "-".join(variables.values()),
)
def test_every_locale_and_width_will_do(variables: dict[str, str]) -> None:
    run = sh("groundwork credentials show --help", **variables)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""


def test_the_version_is_said() -> None:
    assert sh("groundwork --version").stdout.startswith("groundwork 0.")


def test_the_shell_completes_commands() -> None:
    run = sh("groundwork --show-completion bash")
    assert "complete" in run.stdout or "Shell" in run.stderr
    given = {
        "_GROUNDWORK_COMPLETE": "complete_bash",
        "COMP_WORDS": "groundwork cred",
        "COMP_CWORD": "1",
    }
    assert "credentials" in sh("groundwork", **given).stdout


def every_command(group: Any, path: str = "groundwork") -> Iterator[tuple[str, Any]]:
    yield path, group
    for name, each in getattr(group, "commands", {}).items():
        yield from every_command(each, f"{path} {name}")


EVERY = dict(every_command(get_command(app)))
COMMANDS = {path: command for path, command in EVERY.items() if not hasattr(command, "commands")}
WRITING = {
    "groundwork adopt": "writes into the file",
    "groundwork local deploy": "deploys",
    "groundwork local stop": "stops",
    "groundwork changes prepare": "makes change sets",
    "groundwork changes approve": "records an approval",
    "groundwork changes execute": "deploys",
    "groundwork changes discard": "deletes change sets",
    "groundwork credentials show": "has --as json",
    "groundwork credentials rotate": "writes into the file",
    "groundwork database certificates": "prints PEM",
    "groundwork database connect": "is psql",
    "groundwork database passwords": "sets passwords",
    "groundwork database tunnel": "stays open",
    "groundwork database users": "prints SQL",
}
"""Commands that do more than read what is there, or print what is a program's already."""
READING = [path for path in COMMANDS if path not in WRITING]


@pytest.mark.parametrize("path", EVERY)
def test_help_fits_80_columns(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run = CliRunner().invoke(app, [*path.split()[1:], "--help"], terminal_width=80)
    assert run.exit_code == 0
    assert max(map(len, run.output.splitlines())) <= 80
    _, *paragraphs = (EVERY[path].help or "").split("\n\n")
    long = [line for part in paragraphs for line in part.splitlines() if len(line) > 78]
    assert long == [], "lines of these are kept as they are, and would be broken in two"


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_an_example(path: str) -> None:
    assert f"Example: {path}" in COMMANDS[path].help


@pytest.mark.parametrize("path", READING)
def test_every_command_that_reads_is_for_programs_too(path: str) -> None:
    command = COMMANDS[path]
    assert "--json" in [name for parameter in command.params for name in parameter.opts]
    assert re.search(r"exit\s+status|Exits with", command.help, re.IGNORECASE)


def test_every_command_that_does_more_than_read_is_known() -> None:
    assert WRITING.keys() <= COMMANDS.keys()


def test_the_arn_of_a_secret_is_printed_letter_by_letter(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:one"
    with pytest.raises(SystemExit):
        cli._fail(f"{arn} cannot be read", f"aws secretsmanager describe-secret --secret-id {arn}")
    assert capsys.readouterr().err.count(arn) == 2


def test_a_command_that_is_interrupted_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dns, "show", interrupt)
    monkeypatch.setattr(sys, "argv", ["groundwork", "dns", "show", "example.org"])
    with pytest.raises(SystemExit) as ended:
        cli.run()
    assert (ended.value.code, capsys.readouterr().err.strip()) == (130, "Interrupted.")


def test_no_console_of_the_runbook_draws_a_part_of_an_arn() -> None:
    """Rich takes `:secret:` for a picture, in whatever it prints without being told."""
    drawing = [
        f"{file.name}: {line.strip()}"
        for file in (ROOT / "runbook").rglob("*.py")
        for line in file.read_text().splitlines()
        if "Console(" in line and "emoji=False" not in line and ".status(" not in line
    ]
    assert drawing == []
