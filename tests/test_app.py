"""The application as the CDK's command line runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    "file", ["cdk.json", "app.py", "Makefile", ".ci/run", "runbook/base/project.py"]
)
def test_nothing_switches_the_cdks_own_validation_off(file: str) -> None:
    text = (ROOT / file).read_text()
    for switch in ("no-validation", "CDK_VALIDATION", "builtinCloudFormationValidation"):
        assert switch not in text
    assert CONTEXT["@aws-cdk/core:validateAgainstDefaultRules"] is True


def test_what_a_synthesis_refuses_is_reported_at_its_line(tmp_path: Path) -> None:
    text = """
account: "123456789012"
data:
  networks:
    main: {cidr: 10.0.0.0/16, flow_logs: false, subnets: {10.0.1.0/24: a}}
accepted_risks:
  - rule: AwsSolutions-RDS10
    on: data/databases/analysis
    reason: It is rebuilt from public sources.
    owner: platform
    until: 2020-06-30
"""
    finished = run(tmp_path, text)
    assert finished.returncode == 1
    flow_logs, expired, stale = finished.stderr.splitlines()
    file = f"{tmp_path}/file.yaml"
    assert flow_logs.startswith(f"{file}:5:5: data.networks.main: AwsSolutions-VPC7 on data/")
    assert expired.startswith(f"{file}:7:5: accepted_risks[0]: AwsSolutions-RDS10 on data/")
    assert expired.endswith("expired on 2020-06-30; fix it, or ask platform to extend it")
    assert "matches no finding" in stale
