"""Commands that are killed, as by `kill -9`, in a process of their own."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import ROOT

SCRIPT = """
import os, signal, sys
from botocore.client import BaseClient
from runbook.base import project
from runbook.cli import app
from tests.synthesis import synthesize

call, last = BaseClient._make_api_call, sys.argv.pop(1)

def calls(client, operation, given):
    answer = call(client, operation, given)
    if operation == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

BaseClient._make_api_call = calls
project.synthesize = synthesize
app()
"""


def killed_after(
    operation: str,
    *arguments: str,
    environment: Mapping[str, str],
    folder: Path,
    typed: str = "",
) -> None:
    """Run `groundwork` until the first call of an operation was answered, and no further."""
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, operation, *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stdout + ended.stderr
