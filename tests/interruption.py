"""Ctrl-C ends a run of the tests, and all that the run started, without tracebacks.

A terminal sends the signal to every process at once: to pytest, to its workers, to Node and to the
commands that tests run. Each ends in its own way then, and xdist kills a worker that takes long
before its fixtures are torn down. So a worker leaves the terminal, and is interrupted by pytest
alone. What survives nevertheless, also when pytest itself is killed, is ended by `left_behind`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PID = "worker.pid"
"""A worker's process id, in its folder below the run's."""


class Worker:
    """In a process that runs tests for another one: leave the terminal, and end once torn down.

    Otherwise execnet, which xdist talks through, waits ten seconds for a thread that has ended.
    """

    def __init__(self, folder: Path) -> None:
        os.setsid()
        (folder / PID).write_text(str(os.getpid()))
        self._interrupted = False

    def pytest_keyboard_interrupt(self) -> None:
        self._interrupted = True

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        if self._interrupted:
            os._exit(pytest.ExitCode.INTERRUPTED)


class Run:
    """In the process that was started: pass the signal on, and leave nothing behind."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # It waits for the end of its input, which comes however this process ends.
        self._last = subprocess.Popen(
            [sys.executable, "-m", "tests.left_behind", str(folder)],
            stdin=subprocess.PIPE,
            cwd=ROOT,
            start_new_session=True,
        )

    def pytest_keyboard_interrupt(self) -> None:
        for file in self._folder.glob(f"*/{PID}"):
            with suppress(ProcessLookupError):
                os.kill(int(file.read_text()), signal.SIGINT)

    def pytest_unconfigure(self) -> None:
        self._last.communicate()


def prepare(config: pytest.Config) -> None:
    """Make a process of pytest ready for Ctrl-C. What tests start has its files in its folder."""
    folder: Path = config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # as xdist
    config.pluginmanager.register((Worker if hasattr(config, "workerinput") else Run)(folder))
