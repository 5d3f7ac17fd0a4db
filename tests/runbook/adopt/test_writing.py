"""The team's file: whole whenever its writer is killed, and what is said of its risks."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from runbook.adopt import risks, writing
from runbook.adopt.options import Options
from runbook.adopt.risks import Finding
from runbook.base import project
from runbook.base.errors import UserError
from tests.conftest import ROOT

OLD, NEW = "account: old\n", "account: new\n" * 10_000
# A process that forks for each moment, and loads the command once.
SCRIPT = """
import os, signal, sys
from pathlib import Path
from runbook.adopt import risks, writing

folder, (old, new) = Path(sys.argv[1]), ("account: old\\n", "account: new\\n" * 10_000)
fdopen, chmod, replace = os.fdopen, Path.chmod, Path.replace

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def half(descriptor, *mode, **more):
    stream = fdopen(descriptor, *mode, **more)
    write = stream.write
    def halfway(text):
        write(text[:len(text) // 2])
        stream.flush()
        die()
    class Half:
        def __enter__(self): return self
        def __exit__(self, *_): pass
    found = Half()
    found.write = halfway
    return found

def replaced(path, target):
    replace(path, target)
    die()

MOMENTS = {"half": (os, "fdopen", half), "whole": (Path, "chmod", die),
           "replaced": (Path, "replace", replaced)}
for name, (owner, attribute, value) in MOMENTS.items():
    file = folder / name
    file.write_text(old)
    child = os.fork()
    if not child:
        setattr(owner, attribute, value)
        writing._save(file, new)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, name
"""


def test_a_file_is_never_half_written_whenever_the_command_is_killed(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", SCRIPT, tmp_path], cwd=ROOT, check=True)
    found = {name: (tmp_path / name).read_text() for name in ("half", "whole", "replaced")}
    assert found == {"half": OLD, "whole": OLD, "replaced": NEW}


def test_risks_are_counted_as_they_stand_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, said = tmp_path / "groundwork.yaml", io.StringIO()
    refusals = [UserError("A finding.")]

    def synthesize(*_: Path) -> None:
        if refusals:
            raise refusals.pop()

    once = Finding("SES_IDENTITY_IS_WATCHED", "mail/domains/example.org/identity")
    monkeypatch.setattr(project, "synthesize", synthesize)
    monkeypatch.setattr(risks, "found", lambda _: [once, once])
    text = 'account: "123456789012"\nmail: {domains: {example.org: {}}}\n'
    writing.write(Console(file=said, width=200), Options(file, tmp_path / ".local"), text, [], [])
    assert file.read_text(encoding="utf-8").count("rule:") == 1
    assert "Written: 1 accepted risk, until " in said.getvalue()
