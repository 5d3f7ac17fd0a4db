"""Files, restored by restic from their newest snapshot."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from runbook.backup.drill import programs
from runbook.backup.drill.assignment import Assignment, Backup, DrillError
from runbook.backup.drill.endpoint import Endpoint
from runbook.base.errors import UserError

PASSWORDS = ("RESTIC_PASSWORD", "RESTIC_PASSWORD_FILE", "RESTIC_PASSWORD_COMMAND")
SHARE = "5%"
"""Of the repository's data that is read besides what is restored, another part each time."""


def restore(given: Assignment) -> None:
    """Check the repository and a share of its data, and restore the newest snapshot whole."""
    given.found(_newest(given))
    _restic(given, "check", f"--read-data-subset={SHARE}")
    given.findings.add(f"restic checked the repository, and {SHARE} of its data at random")
    target = given.work / "data"
    _restic(given, "restore", "latest", "--target", str(target), "--verify")
    count = sum(1 for file in target.rglob("*") if file.is_file() and not file.is_symlink())
    if not count:
        raise DrillError("the snapshot has no file in it")
    given.findings.add(f"restic restored {count:,} files, and compared each with the snapshot")
    if given.drill.command:
        given.findings.add(programs.judge(given.drill.command, target, {}, given.work))


def _newest(given: Assignment) -> Backup:
    """Return the newest snapshot; restic's own time has nanoseconds, which Python has not."""
    snapshots = json.loads(_restic(given, "snapshots", "--json"))
    if not snapshots:
        raise DrillError("there is no snapshot")
    newest = max(snapshots, key=lambda snapshot: _time(snapshot["time"]))
    return Backup(newest["short_id"], _time(newest["time"]), 0)


def _time(text: str) -> datetime:
    moment, _, rest = text.partition(".")
    offset = rest.lstrip("0123456789") or "+00:00"
    return datetime.fromisoformat(f"{moment}{offset}" if rest else text)


def _restic(given: Assignment, action: str, *options: str) -> str:
    path = programs.program("restic", "restic")
    endpoint = Endpoint.of_environment()
    trust = ["--cacert", endpoint.certificates] if endpoint and endpoint.certificates else []
    command = [path, "--no-cache", "--no-lock", *trust, action, *options]
    return programs.run(command, _variables(given, endpoint), given.work, f"restic {action}")


def _variables(given: Assignment, endpoint: Endpoint | None) -> dict[str, str]:
    passwords = {name: os.environ[name] for name in PASSWORDS if name in os.environ}
    if not passwords:
        raise UserError(
            "restic's password is not known.",
            "Name the file that has it: RESTIC_PASSWORD_FILE=/etc/restic/password",
        )
    secret = given.secret
    host = f"{endpoint.host}:{endpoint.port}" if endpoint else f"s3.{secret.region}.amazonaws.com"
    place = Path(secret.bucket, given.writer.prefix or "")
    key = {
        "AWS_ACCESS_KEY_ID": secret.access_key_id,
        "AWS_SECRET_ACCESS_KEY": secret.secret_access_key,
        "AWS_DEFAULT_REGION": secret.region,  # else it asks, which reading alone does not allow
        "RESTIC_REPOSITORY": f"s3:https://{host}/{place}",
    }
    return programs.environment({**passwords, **key}, given.work)
