"""What one drill restores, with which key, and what it has found so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from runbook.credentials.values import BackupSecret
from settings.models.backup import BackupUser
from settings.models.drills import Drill


class DrillError(Exception):
    """Why a backup did not prove itself, in words; `details` are a program's own last ones."""

    def __init__(self, problem: str, details: str = "") -> None:
        self.problem = problem
        self.details = details
        super().__init__(problem)


@dataclass(frozen=True)
class Backup:
    """The backup that was restored: a label of pgBackRest, a snapshot of restic, an object."""

    name: str
    made: datetime
    size: int


@dataclass
class Findings:
    """What a drill has done so far: it is recorded, and said as it comes."""

    say: Callable[[str], None]
    steps: list[str] = field(default_factory=list)
    backup: Backup | None = None

    def add(self, step: str) -> None:
        """Note what was done and found."""
        self.steps.append(step)
        self.say(step)


@dataclass(frozen=True)
class Assignment:
    """One drill of the file, on this machine."""

    drill: Drill
    writer: BackupUser
    """Whose backups are restored."""
    secret: BackupSecret
    """The key of the user that restores them."""
    max_age: int
    """In seconds."""
    work: Path
    """A folder of its own, empty, which only the account that restores can read."""
    findings: Findings
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    def found(self, backup: Backup) -> None:
        """Note which backup is the newest. Raises `DrillError` where it is too old."""
        self.findings.backup = backup
        age = self.began - backup.made
        if age > timedelta(seconds=self.max_age):
            raise DrillError(
                f"the newest backup, {backup.name}, is {_time(age)} old; at most "
                f"{_time(timedelta(seconds=self.max_age))} are expected"
            )
        self.findings.add(f"the newest backup is {backup.name}, {_time(age)} old")


def _time(length: timedelta) -> str:
    """Write a length of time as a person says it: 3 days, 26 hours, 10 minutes."""
    seconds = max(0, int(length.total_seconds()))
    for unit, size, least in (("day", 86_400, 3), ("hour", 3600, 2), ("minute", 60, 2)):
        if (count := seconds // size) >= least:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"
