"""`groundwork backup drill`."""

from __future__ import annotations

import errno
import json
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import typer
from botocore.exceptions import BotoCoreError, ClientError

from runbook.backup.drill.assignment import Assignment, DrillError, Findings
from runbook.backup.drill.place import Place
from runbook.backup.drill.programs import FULL_DISK
from runbook.backup.drill.record import Result, record, session
from runbook.backup.drill.restorers import restorer_of
from runbook.base import aws
from runbook.base.errors import UserError
from runbook.base.names import Kind, listed, require
from runbook.credentials.read import read
from runbook.credentials.values import BackupSecret
from settings import Settings, load
from settings.models.backup import Bucket, drills
from settings.models.drills import Drill

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def drill(configuration: Path, name: str, folder: Path | None, *, as_json: bool) -> None:
    """Restore and judge a user's newest backup, and record it. End with 1 if it is not good."""
    settings = load(configuration)
    bucket, declared = found(settings, name)
    secret = read(settings, name, Kind.BACKUP_USER)
    if not isinstance(secret, BackupSecret):
        raise TypeError(f"the secret of a backup user is {type(secret).__name__}")
    say: Callable[[str], None] = (lambda step: None) if as_json else _say
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    with Place(folder or Path(tempfile.gettempdir()), name) as place:
        given = Assignment(
            declared,
            bucket.users[declared.of],
            secret,
            declared.max_age or bucket.expect_every or declared.every,
            place.work,
            Findings(say),
        )
        error = _proved(given)
    _finish(given, error, as_json=as_json)


def found(settings: Settings, name: str) -> tuple[Bucket, Drill]:
    """Return a drill and its bucket, or say which drills the file has."""
    buckets = settings.backup.buckets.values()
    every = {user: (b, one) for b in buckets for user, one in drills(b.users).items()}
    if name not in every:
        require(settings, name, Kind.BACKUP_USER)
        known = listed(every) if every else "No user has one yet: docs/backups.md shows its fields."
        raise UserError(f"{name} has no drill in the file.", known)
    return every[name]


def _proved(given: Assignment) -> DrillError | None:
    """Restore as the tool does it, and return what is wrong, if anything is."""
    try:
        _has_key(given)
        restorer_of(given.writer).restore(given)
    except DrillError as error:
        return error
    except ClientError as error:
        return DrillError(f"AWS refused: {aws.reason(error)}")
    except OSError as error:
        full = error.errno in FULL
        return DrillError(FULL_DISK if full else f"this machine failed: {error}", str(error))
    except BotoCoreError as error:
        return DrillError(f"this machine failed: {error}")
    return None


def _has_key(given: Assignment) -> None:
    """Try the key first: restic tries again for minutes what it is refused."""
    prefix = f"{given.writer.prefix}/" if given.writer.prefix else ""
    try:
        session(given.secret).client("s3", config=aws.CONFIG).list_objects_v2(
            Bucket=given.secret.bucket, Prefix=prefix, MaxKeys=1
        )
    except ClientError as error:
        raise DrillError(f"the key is refused: {aws.reason(error)}") from None


def _finish(given: Assignment, error: DrillError | None, *, as_json: bool) -> None:
    result = Result(given, error.problem if error else None, datetime.now(UTC))
    try:
        where = f"s3://{given.secret.bucket}/{record(result)}"
    except (ClientError, BotoCoreError) as refused:
        where, unrecorded = "", str(refused)
    if as_json:
        print(json.dumps(result.plain(), indent=2))
    if error and error.details:
        print(error.details, file=sys.stderr)
    if error:
        print(f"The backups of {given.drill.of}: {error.problem}.", file=sys.stderr)
    elif not as_json:
        print(f"The backups of {given.drill.of} can be restored.")
    if not where:
        print(f"The result could not be recorded: {unrecorded}", file=sys.stderr)
    elif not as_json:
        print(f"Recorded: {where}")
    if error or not where:
        raise typer.Exit(1)


def _say(step: str) -> None:
    print(f"  {step}", flush=True)


def _end(number: int, frame: FrameType | None) -> None:
    """End as by Ctrl-C, so that everything is removed on the way out."""
    raise SystemExit(128 + number)
