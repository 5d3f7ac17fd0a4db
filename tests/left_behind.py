"""Ends what a run of the tests left behind: `python -m tests.left_behind FOLDER`.

It waits for the end of its input, which is the end of whoever started it, by whatever cause. Then
it ends each process that names something in the folder, and all that such a process has started:
the embedded AWS, Postfix, PostgreSQL and whatever else a test starts with files of its own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from embedded import processes


def named(folder: str) -> list[int]:
    """Find the processes whose command line has a path in a folder; on Linux alone."""
    ids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return [pid for pid in ids if f"{folder}/" in processes.command_line(pid)]


def main(folder: str) -> None:
    """Wait, then end what is left."""
    sys.stdin.read()
    for pid in named(folder):
        if pid != os.getpid():
            processes.end(processes.session(pid))


if __name__ == "__main__":
    main(sys.argv[1])
