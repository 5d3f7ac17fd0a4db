"""`groundwork backup status`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from runbook.backup.bucket import Contents
from runbook.backup.report import Report, report
from runbook.base import aws
from runbook.base.names import Kind, require
from runbook.credentials.keys import Entry, entries
from settings import Settings, load


def status(configuration: Path, name: str | None, *, as_json: bool) -> None:
    """Print what every bucket holds, or one. End with 1 if any is not as it should be."""
    settings = load(configuration)
    if name:
        require(settings, name, Kind.BUCKET)
    aws.caller_in(settings.account, settings.region)
    found = reports(settings, datetime.now(UTC), only=name)
    if as_json:
        print(json.dumps([_plain(each) for each in found], indent=2))
    else:
        present(Console(highlight=False), found)
    if any(each.problems for each in found):
        raise typer.Exit(1)


def reports(settings: Settings, now: datetime, *, only: str | None = None) -> list[Report]:
    """Ask AWS about the buckets of the file."""
    keys = {entry.name: entry for entry in entries(settings, Kind.BACKUP_USER)}
    return [
        report(name, bucket, [keys[user] for user in bucket.users], now)
        for name, bucket in settings.backup.buckets.items()
        if only in (None, name)
    ]


def present(console: Console, found: Sequence[Report]) -> None:
    """Print a row for each bucket, and below what is wrong."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in (
        "Bucket",
        "Region",
        "Last object",
        "Objects",
        "Size",
        "Expire",
        "Keys last used",
    ):
        table.add_column(column, overflow="fold")
    for each in found:
        expire = each.lifecycle.expire if each.lifecycle else None
        cells = (
            each.name,
            each.region,
            *_held(each.contents),
            f"{expire} days" if expire else "never",
            ", ".join(f"{entry.name} {_used(entry)}" for entry in each.keys),
        )
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    for each in found:
        for problem in each.problems:
            console.print(Text(f"{each.name}: {problem}", style="red"), soft_wrap=True)


def _held(contents: Contents | None) -> tuple[str, str, str]:
    if contents is None:
        return "not deployed", "", ""
    more = "" if contents.whole else " or more"
    last = f"{contents.last:%Y-%m-%d %H:%M}" if contents.last else "none"
    return last, f"{contents.count}{more}", f"{decimal(contents.size)}{more}"


def _used(entry: Entry) -> str:
    if entry.current is None:
        return "no key"
    return f"{entry.current.used:%Y-%m-%d}" if entry.current.used else "never"


def _plain(each: Report) -> dict[str, object]:
    held, kept = each.contents, each.lifecycle
    return {
        "bucket": each.name,
        "region": each.region,
        "objects": held.count if held else None,
        "bytes": held.size if held else None,
        "whole": held.whole if held else None,
        "last_object": held.last.isoformat() if held and held.last else None,
        "expire_after_days": kept.expire if kept else None,
        "users": {entry.name: _used(entry) for entry in each.keys},
        "problems": [*each.problems],
    }
