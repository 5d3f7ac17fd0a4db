"""Processes: whose they are, what they started, and that they are really gone."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

POLL = 0.05
LONGEST_POLL = 0.25
# Open connections would keep the server for long, and it has nothing to save.
PATIENCE = 1.0
KILLED_WITHIN = 10.0


def command_line(pid: int) -> str:
    """The command a process runs, empty when there is no such process (or only its remains)."""
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # Reaps it when it was our own child and has ended.
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    listed = subprocess.run(
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return listed.stdout.strip()


def end(pids: list[int]) -> bool:
    """Ask each process to end; kill what is still there after a second.

    Returns whether all are gone.
    """
    _signal(pids, signal.SIGTERM)
    if not until(lambda: not any(map(command_line, pids)), PATIENCE):
        _signal([pid for pid in pids if command_line(pid)], signal.SIGKILL)
    return until(lambda: not any(map(command_line, pids)), KILLED_WITHIN)


def session(leader: int) -> list[int]:
    """The processes of the session that `leader` leads: itself first, then all that it started."""
    return [leader, *(pid for pid in _all() if pid != leader and _session_of(pid) == leader)]


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for a condition, but no longer than `seconds`; returns whether it came true."""
    deadline = time.monotonic() + seconds
    pause = POLL
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(1.2 * pause, LONGEST_POLL)
    return True


def _all() -> list[int]:
    if Path("/proc/self").exists():
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    listed = subprocess.run(
        ["/bin/ps", "-A", "-o", "pid="], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in listed.stdout.split()]


def _session_of(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return -1


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
