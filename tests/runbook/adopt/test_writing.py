"""The team's file, written by a process that is killed on the way: it is whole, old or new."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

OLD, NEW = "account: old\n", "account: new\n" * 10_000
# A process that forks for each moment, and loads the command once.
SCRIPT = """
import os, signal, sys
from pathlib import Path
from runbook.adopt import writing

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
