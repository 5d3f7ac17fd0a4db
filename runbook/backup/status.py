"""`groundwork backup status`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.text import Text

from runbook.backup.bucket import Contents
from runbook.backup.report import Report, report
from runbook.base import aws
from runbook.base.names import Kind, count, require
from runbook.base.tables import table
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
        print(json.dumps([plain(each) for each in found], indent=2))
    else:
        present(Console(emoji=False, highlight=False), found)
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
    titles = ("Bucket", "Region", "Last object", "Objects", "Size", "Expire", "Keys last used")
    table(console, titles, [_row(each) for each in found])
    for each in found:
        for problem in each.problems:
            console.print(Text(f"{each.name}: {problem}", style="red"), soft_wrap=True)


def _row(each: Report) -> tuple[str, ...]:
    expire = each.lifecycle.expire if each.lifecycle else None
    return (
        each.name,
        each.region,
        *_held(each.contents),
        count(expire, "day") if expire else "never",
        ", ".join(f"{entry.name} {_used(entry)}" for entry in each.keys),
    )


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


def plain(each: Report) -> dict[str, object]:
    """Return a report for a program."""
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
