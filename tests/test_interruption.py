"""Ctrl-C in a run of the tests, and a run that is killed: nothing of it stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import processes
from tests.conftest import ROOT

# As at a terminal: whoever runs these tests in the background has the signal ignored.
PYTEST = """
import signal, sys
import pytest

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(pytest.main(sys.argv[1:]))
"""
CONFTEST = """
from tests import interruption

def pytest_sessionstart(session):
    interruption.prepare(session.config)
"""
# It starts a process that outlives it, as the embedded AWS does, and is torn down or not.
TEST = """
import subprocess, sys, time
import pytest

@pytest.fixture
def server(tmp_path):
    command = [sys.executable, "-c", "import time; time.sleep(600)", f"{tmp_path}/server"]
    server = subprocess.Popen(command, start_new_session=True)
    (tmp_path.parents[1] / "server.pid").write_text(str(server.pid))
    try:
        yield
    finally:
        (tmp_path.parents[1] / "torn_down").touch()

def test_that_takes_long(server):
    time.sleep(600)
"""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Start pytest with a worker, as at a terminal, and wait until its test runs."""
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_long.py").write_text(TEST)
    options = [f"--config-file={ROOT}/pyproject.toml", f"--basetemp={tmp_path}/run", "-n1"]
    run = subprocess.Popen(
        [sys.executable, "-c", PYTEST, *options, tmp_path],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with run:
        try:
            assert processes.until((tmp_path / "run/server.pid").exists, 60)
            yield run
        finally:
            run.kill()


def is_gone(tmp_path: Path) -> bool:
    server = int((tmp_path / "run/server.pid").read_text())
    return processes.until(lambda: not processes.command_line(server), 30)


def test_ctrl_c_tears_down_what_runs_and_prints_no_traceback(
    run: subprocess.Popen[str], tmp_path: Path
) -> None:
    os.killpg(run.pid, signal.SIGINT)
    printed, _ = run.communicate(timeout=60)
    assert run.returncode == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt !!!" in printed
    assert "Traceback" not in printed
    assert "Warning" not in printed
    assert (tmp_path / "run/torn_down").exists()
    assert is_gone(tmp_path)


def test_what_a_killed_run_has_started_ends_too(run: subprocess.Popen[str], tmp_path: Path) -> None:
    run.kill()
    assert is_gone(tmp_path)
