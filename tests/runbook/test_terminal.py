"""The command in every terminal, locale and width, and where nobody reads on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from runbook.cli import app
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


def commands(command: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        return [path]
    return [found for name, each in inner.items() for found in commands(each, (*path, name))]


def test_help_fits_80_columns() -> None:
    for path in ((), ("credentials",), ("credentials", "show")):
        text = sh(f"groundwork {' '.join(path)} --help", COLUMNS="80").stdout
        assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("group", ["backup", "credentials", "database"])
def test_every_command_of_a_group_has_an_example(group: str) -> None:
    found = get_command(app).commands[group].commands  # type: ignore[attr-defined]
    for name, command in found.items():
        assert f"Example: groundwork {group} {name}" in command.help, name
