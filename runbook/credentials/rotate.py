"""`groundwork credentials rotate`."""

from __future__ import annotations

from pathlib import Path

from runbook.base.errors import UserError
from runbook.base.names import Kind, require
from runbook.credentials import rotation
from runbook.credentials.deliver import write
from settings import load


def rotate(configuration: Path, name: str) -> None:
    """Raise an item's number in the file, and say what comes next."""
    settings = load(configuration)
    kind = require(settings, name, Kind.SENDER, Kind.BACKUP_USER, Kind.DATABASE, Kind.CONSUMER)[0]
    if kind is Kind.DATABASE:
        raise UserError(
            f"{name} is a database: its owner's password has no number in the file.",
            "Its applications have users of their own: groundwork database users",
        )
    path = rotation.place(settings, name, kind)
    file = configuration.resolve()
    text, version = rotation.raised(file.read_bytes().decode(), path)
    write(file, text, file.stat().st_mode & 0o777)
    print(f"{configuration}: {'.'.join(path)}.credentials.version is {version}.")
    print("Commit that, and have it approved: groundwork changes prepare")
    if kind is Kind.CONSUMER:
        print(f"Once it is deployed: groundwork database passwords {path[2]}")
        print("The password in use works until then.")
        return
    print("The key in use then works until the next renewal. After a leak, renew twice.")
