"""That a command executes a change of a stack: the others on this machine let its guards be.

There is a lock for each stack, the kernel's: it ends with the process that holds it, however that
one ends. <https://man7.org/linux/man-pages/man2/flock.2.html>
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TextIO

from runbook.changes.stores import Folder


@contextmanager
def executing(folder: Folder, stacks: Iterable[str]) -> Iterator[None]:
    """Hold stacks. Several commands may do so: with one review, they are one execution."""
    with ExitStack() as held:
        for stack in sorted(stacks):
            fcntl.flock(held.enter_context(_lock(folder, stack)), fcntl.LOCK_SH)
        yield


@contextmanager
def unless_executing(folder: Folder, stacks: Iterable[str]) -> Iterator[frozenset[str]]:
    """Yield those of the stacks that no command executes; none begins to meanwhile."""
    with ExitStack() as held:
        locks = {stack: held.enter_context(_lock(folder, stack)) for stack in sorted(stacks)}
        yield frozenset(stack for stack, lock in locks.items() if _is_free(lock))


def _is_free(lock: TextIO) -> bool:
    """Take a lock unless somebody holds it: whoever looks never waits for whoever executes."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock(folder: Folder, stack: str) -> TextIO:
    """Open a stack's lock, beside its other ones: it is no record, and is empty."""
    file = folder.folder / "locks" / stack / "executing"
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.open("a", encoding="utf-8")
