"""How the backups of each tool are restored, and what the machine needs for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from runbook.backup.drill import files, pgbackrest, restic
from runbook.backup.drill.assignment import Assignment
from settings.models.backup import (
    BackupUser,
    FilesUser,
    PgBackRestUser,
    ReadOnlyUser,
    ResticUser,
)


@dataclass(frozen=True)
class Restorer:
    """What restores one tool's backups."""

    restore: Callable[[Assignment], None]
    packages: str = ""
    """Debian's names of the programs that it runs."""


def restorer_of(writer: BackupUser) -> Restorer:
    """Return what restores the backups that a user writes."""
    match writer:
        case FilesUser():
            return Restorer(files.restore)
        case PgBackRestUser():
            return Restorer(pgbackrest.restore, "pgbackrest postgresql")
        case ResticUser():
            return Restorer(restic.restore, "restic")
        case ReadOnlyUser():
            raise AssertionError("the file refuses a drill of what writes nothing")
        case _:
            assert_never(writer)
