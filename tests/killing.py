"""Commands that are killed, as by `kill -9`, in a process of their own."""

from __future__ import annotations

import json
import os
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


AFTER_EFFECTS = """
import json, os, signal, sys
from pathlib import Path
from botocore.client import BaseClient
from runbook.changes import commands, execute, machine
from runbook.changes.context import Context
from runbook.changes.stores import Folder

READS = ("Describe", "Detect", "Get", "Head", "List")
call, write = BaseClient._make_api_call, Folder.write
configuration, state, reviews = sys.argv[1:]

def effect(left):
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return left - 1

def mortal(left):
    def calls(client, operation, given):
        nonlocal left
        if not operation.startswith(READS):
            left = effect(left)
        return call(client, operation, given)

    def writes(folder, name, text):
        nonlocal left
        left = effect(left)
        write(folder, name, text)

    BaseClient._make_api_call, Folder.write = calls, writes

for review, effects in json.loads(reviews).items():
    child = os.fork()
    if not child:
        context = Context.at(Path(configuration), Path(state))
        mortal(effects)
        commands.run(context, review)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, (effects, status)
"""


def executions_killed_after_effects(
    configuration: Path, state: Path, reviews: Mapping[str, int]
) -> None:
    """Execute reviews, each of which is killed after so many effects.

    An effect is a call of AWS that changes something, or a file. The program is loaded once.
    """
    subprocess.run(
        [sys.executable, "-c", AFTER_EFFECTS, configuration, state, json.dumps(reviews)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
