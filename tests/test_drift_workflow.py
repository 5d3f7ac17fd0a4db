"""The scripts of drift.yml, run as GitHub runs them, with stand-ins for both command lines."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from runbook.drift.change import Change, Drift, Sort
from runbook.drift.markdown import markdown
from tests.conftest import ROOT
from tests.programs import require

WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/drift.yml").read_text())
FOUND = Drift(
    changes=(
        Change(
            stack="mail-us-east-1",
            region="us-east-1",
            place="senders/app/user",
            sort=Sort.ACCESS,
            what="has an inline policy that nobody declared",
            now="@everybody `x`",
        ),
    )
)


@dataclass
class Runner:
    """A runner of GitHub's, in a folder."""

    folder: Path

    @property
    def issues(self) -> list[dict[str, Any]]:
        files = sorted((self.folder / "issues").iterdir(), key=lambda file: int(file.name))
        return [json.loads(file.read_text()) for file in files]

    def run(self, job: str, name: str) -> subprocess.CompletedProcess[str]:
        (script,) = [s["run"] for s in WORKFLOW["jobs"][job]["steps"] if s.get("name") == name]
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env={
                "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
                "JQ": require("jq"),
                "COMMENTS": f"{self.folder}/issues",
                "CONFIG": "groundwork.yaml",
                "GITHUB_REPOSITORY": "o/r",
                "ISSUES": f"{self.folder}/issues",
                "RUN": "https://example.org/run",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def report(self, found: Drift) -> None:
        """Report what a look found."""
        folder = self.folder / "drift"
        folder.mkdir(exist_ok=True)
        (folder / "issue.md").write_text(markdown(found))
        (folder / "status").write_text("2\n" if found.changes else "0\n")
        done = self.run("report", "Report")
        assert done.returncode == 0, done.stderr


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    (tmp_path / "bin").mkdir()
    (tmp_path / "issues").mkdir()
    gh = tmp_path / "bin" / "gh"
    gh.write_text(f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("gh.py")} "$@"\n')
    gh.chmod(0o755)
    return Runner(tmp_path)


def test_a_change_opens_one_issue_which_the_next_look_updates(runner: Runner) -> None:
    runner.report(FOUND)
    (change,) = FOUND.changes
    runner.report(Drift(changes=(change, change.model_copy(update={"place": "senders/other"}))))
    (issue,) = runner.issues
    assert issue["title"] == "Changed outside CloudFormation"
    assert "senders/other" in issue["body"]
    assert "https://example.org/run" in issue["body"]


def test_the_issue_is_closed_once_nothing_is_left(runner: Runner) -> None:
    runner.report(FOUND)
    runner.report(Drift())
    (issue,) = runner.issues
    assert issue["state"] == "closed"
    runner.report(Drift())
    assert len(runner.issues) == 1


def test_another_change_after_that_opens_another_issue(runner: Runner) -> None:
    runner.report(FOUND)
    runner.report(Drift())
    runner.report(FOUND)
    assert [issue["state"] for issue in runner.issues] == ["closed", "open"]


def test_what_somebody_typed_in_the_console_notifies_nobody(runner: Runner) -> None:
    runner.report(FOUND)
    assert "`` @everybody `x` ``" in runner.issues[0]["body"]


# What the command does, as far as the workflow sees it: it writes the text, and ends with a status.
GROUNDWORK = """#!/bin/sh
while [ $# -gt 1 ]; do [ "$1" = --markdown ] && printf 'Found: %s' {status} > "$2"; shift; done
exit {status}
"""


@pytest.fixture
def look(runner: Runner) -> Callable[[int], int]:
    """Look, with a command that ends with a status; return how the job's step ends."""
    (runner.folder / ".venv" / "bin").mkdir(parents=True)
    (runner.folder / ".venv" / "bin" / "activate").write_text("")
    groundwork = runner.folder / "bin" / "groundwork"

    def look(status: int) -> int:
        groundwork.write_text(GROUNDWORK.format(status=status))
        groundwork.chmod(0o755)
        shutil.rmtree(runner.folder / "drift", ignore_errors=True)
        return runner.run("look", "Look").returncode

    return look


@pytest.mark.parametrize(("status", "fails"), [(0, False), (2, False), (1, True), (127, True)])
def test_a_look_that_fails_reports_nothing(
    look: Callable[[int], int], status: int, fails: bool
) -> None:
    assert bool(look(status)) == fails


def test_what_the_look_wrote_is_the_issue_of_the_report(
    runner: Runner, look: Callable[[int], int]
) -> None:
    for status in (2, 0):
        look(status)
        assert runner.run("report", "Report").returncode == 0
    (issue,) = runner.issues
    assert "Found: 0" in issue["body"]
    assert issue["state"] == "closed"
