"""The application as the CDK's command line runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import refusal
from tests.conftest import CONTEXT, ROOT


def run(directory: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Run app.py with a configuration, as `cdk synth -c config=FILE` does."""
    file = directory / "file.yaml"
    file.write_text(text)
    context = {**CONTEXT, "config": str(file)}
    environment = {"CDK_OUTDIR": str(directory / "out"), "CDK_CONTEXT_JSON": json.dumps(context)}
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_wrong_file_is_answered_with_its_lines_and_nothing_else(tmp_path: Path) -> None:
    finished = run(tmp_path, 'account: "123"\nregion: London\n')
    assert finished.returncode == 1
    assert finished.stdout == ""
    first, second = finished.stderr.splitlines()
    assert first.startswith(f"{tmp_path}/file.yaml:1:10: account: ")
    assert "London is eu-west-2" in second


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    text = (ROOT / "groundwork.yaml").read_text()
    assemblies = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        assert run(tmp_path / name, text).returncode == 0
        out = tmp_path / name / "out"
        assemblies.append({file.name: file.read_bytes() for file in out.glob("*.template.json")})
    assert assemblies[0] == assemblies[1]


@pytest.mark.parametrize(
    "file", ["cdk.json", "app.py", "Makefile", ".ci/run", "runbook/base/project.py"]
)
def test_nothing_switches_the_cdks_own_validation_off(file: str) -> None:
    text = (ROOT / file).read_text()
    for switch in ("no-validation", "CDK_VALIDATION", "builtinCloudFormationValidation"):
        assert switch not in text
    assert CONTEXT["@aws-cdk/core:validateAgainstDefaultRules"] is True


@pytest.mark.parametrize(
    ("message", "advice"),
    [("TooManyResourcesInStack: 513", "with the field `stack`"), ("Something else", "else")],
)
def test_what_the_cdk_refuses_is_said_with_what_to_do(message: str, advice: str) -> None:
    assert refusal(message).startswith(f"The CDK refuses the configuration: {message}")
    assert refusal(message).endswith(advice)
