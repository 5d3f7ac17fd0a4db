"""The commands at a terminal: interrupted, and without anything that reads like a fault."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import embedded
from tests.end_to_end.conftest import ROOT, groundwork

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("command")]
BIN = Path(sys.executable).parent
BANNERS = ("warn", "error", "notice", "end-of-life", "feature flag", "telemetry", "removed")
HELP = [(), ("changes",), ("local",), ("changes", "prepare", "--help")]

# As at a terminal: whoever runs these tests in the background has the signal ignored.
AT_A_TERMINAL = """
import os, signal, sys

signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_interrupted_it_stops_what_it_started(tmp_path: Path) -> None:
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            AT_A_TERMINAL,
            BIN / "groundwork",
            "local",
            "deploy",
            "--state",
            tmp_path,
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stdout
        first = running.stdout.readline()
        assert "The embedded AWS is started" in first
        os.killpg(running.pid, signal.SIGINT)
        rest, _ = running.communicate(timeout=60)
    assert running.returncode != 0
    assert "nothing is left" in rest
    assert "Traceback" not in rest
    assert embedded.find(tmp_path) is None


def test_a_wrong_file_stops_before_anything_is_started(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("account: 123\n")
    run = groundwork("local", "deploy", "--config", str(wrong), "--state", str(tmp_path))
    assert run.status == 1
    assert re.match(rf"{re.escape(str(wrong))}:1:10: account: found 123; must be ", run.errors)
    assert "Traceback" not in run.errors
    assert embedded.find(tmp_path) is None


def test_the_cdks_own_command_says_nothing_that_reads_like_a_fault(tmp_path: Path) -> None:
    """With the second example, which has to pass every check as the first does."""
    example = ROOT / "docs" / "examples" / "sharing.yaml"
    run = subprocess.run(
        [BIN / "cdk", "synth", "--quiet", "--output", tmp_path, "-c", f"config={example}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    said = f"{run.stdout}{run.stderr}"
    assert run.returncode == 0, said
    for word in BANNERS:
        assert word not in said.lower()
    stacks = {file.name.split("-")[0] for file in tmp_path.glob("*.template.json")}
    assert stacks == {"access", "backup", "data", "mail", "services"}


@pytest.mark.parametrize("arguments", HELP)
def test_help_names_what_there_is(arguments: tuple[str, ...]) -> None:
    run = groundwork(*arguments)
    assert "Usage: groundwork" in run.output + run.errors


def test_without_credentials_one_sentence_says_how_to_sign_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    run = groundwork("changes", "history", "--state", str(tmp_path))
    assert run.status == 1
    assert "There are no credentials for AWS: Unable to locate credentials" in run.errors
    assert "Sign in" in run.errors
