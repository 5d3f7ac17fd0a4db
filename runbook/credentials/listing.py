"""`groundwork credentials list`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console

from runbook.base import aws
from runbook.base.names import count
from runbook.base.tables import table
from runbook.credentials.keys import Entry, Key, entries
from settings import load


def show(configuration: Path, older_than: int | None, *, as_json: bool) -> None:
    """Print everybody's credentials. End with 1 if one is missing, or older than asked for."""
    settings = load(configuration)
    aws.caller_in(settings.account, settings.region)
    found, now = entries(settings), datetime.now(UTC)
    if as_json:
        print(json.dumps([_plain(entry, now) for entry in found], indent=2))
    else:
        present(Console(emoji=False, highlight=False), found, now)
    if any(is_due(entry, older_than, now) for entry in found):
        raise typer.Exit(1)


def is_due(entry: Entry, older_than: int | None, now: datetime) -> bool:
    """Tell whether credentials are missing, or older than so many days."""
    if entry.current is None:
        return True
    return older_than is not None and entry.current.days(now) > older_than


def present(console: Console, found: Sequence[Entry], now: datetime) -> None:
    """Print one row an item."""
    titles = ("Name", "What", "Version", "Age", "Last used", "Key before it", "Readers")
    table(console, titles, [_row(entry, now) for entry in found])


def _row(entry: Entry, now: datetime) -> tuple[str, ...]:
    return (
        entry.name,
        entry.kind.value,
        str(entry.version or ""),
        _age(entry.current, now) if entry.current else entry.lack.partition(":")[0],
        _use(entry.current),
        _overlap(entry.previous, now),
        ", ".join(reader.rpartition("/")[2] for reader in entry.readers),
    )


def _overlap(key: Key | None, now: datetime) -> str:
    return f"{_age(key, now)}, last used {_use(key)}" if key else ""


def _age(key: Key, now: datetime) -> str:
    return count(key.days(now), "day")


def _use(key: Key | None) -> str:
    if key is None:
        return ""
    return f"{key.used:%Y-%m-%d}" if key.used else "never"


def _plain(entry: Entry, now: datetime) -> dict[str, object]:
    return {
        "name": entry.name,
        "kind": entry.kind.value,
        "version": entry.version,
        "readers": [*entry.readers],
        "current": _plain_key(entry.current, now),
        "previous": _plain_key(entry.previous, now),
    }


def _plain_key(key: Key | None, now: datetime) -> dict[str, object] | None:
    if key is None:
        return None
    used = key.used.isoformat() if key.used else None
    return {
        "id": key.id or None,
        "made": key.made.isoformat(),
        "days": key.days(now),
        "last_used": used,
    }
