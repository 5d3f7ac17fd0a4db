"""That a review is being executed by a command: the others on this machine let its guards be.

The lock is the kernel's: it ends with the process that holds it, however that one ends.
<https://man7.org/linux/man-pages/man2/flock.2.html>
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from runbook.changes.records import StoredReview
from runbook.changes.stores import Folder


@contextmanager
def executing(folder: Folder, found: StoredReview) -> Iterator[None]:
    """Hold a review. Several commands may do so: they are one execution."""
    with _record(folder, found) as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        yield


@contextmanager
def unless_executing(folder: Folder, found: StoredReview) -> Iterator[bool]:
    """Tell whether no command executes a review; none begins meanwhile."""
    with _record(folder, found) as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _record(folder: Folder, found: StoredReview) -> TextIO:
    name = f"reviews/{found.prepared_by}/{found.review.id}/review.json"
    return (folder.folder / name).open(encoding="utf-8")
