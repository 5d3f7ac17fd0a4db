"""`groundwork senders`."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console

from runbook.base import aws
from runbook.base.tables import table
from runbook.senders.register import Row, rows
from settings import load


def senders(configuration: Path, *, as_csv: bool, as_json: bool) -> None:
    """Print the register. End with 1 if somebody sends more than declared, or is not deployed."""
    settings = load(configuration)
    aws.caller_in(settings.account, settings.region)
    found = rows(settings, datetime.now(UTC))
    if as_json:
        print(json.dumps([plain(row) for row in found], indent=2))
    elif as_csv:
        write_csv(found)
    else:
        present(Console(emoji=False, highlight=False), found)
    if any(set(row.notes) - {"unused"} for row in found):
        raise typer.Exit(1)


def plain(row: Row) -> dict[str, object]:
    """Return a row for a program."""
    used = row.last_used.isoformat() if row.last_used else None
    return {**asdict(row), "last_used": used, "notes": row.notes}


def write_csv(found: Sequence[Row]) -> None:
    """Write a row for each sender. No cell is a formula, whatever a spreadsheet makes of it."""
    names = [*asdict(found[0]), "notes"] if found else ["name"]
    out = csv.DictWriter(sys.stdout, names)
    out.writeheader()
    for row in found:
        cells = {**plain(row), "notes": "; ".join(row.notes)}
        out.writerow({name: _cell(value) for name, value in cells.items()})


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@" and value else value


TITLES = (
    "Sender",
    "Contact",
    "Cost centre",
    "Approval",
    "24 hours",
    "30 days",
    "Bounces",
    "Complaints",
    "Last used",
    "Notes",
)


def present(console: Console, found: Sequence[Row]) -> None:
    """Print a row for each sender, with the mail of a day and a month against what it declared."""
    table(console, TITLES, [_cells(row) for row in found])


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        row.contact,
        row.cost_center,
        row.approval,
        f"{row.sent_day} of {row.daily}",
        f"{row.sent_month} of {row.monthly}",
        _percent(row.bounces, 1),
        _percent(row.complaints, 2),
        f"{row.last_used:%Y-%m-%d}" if row.last_used else "never",
        ", ".join(row.notes),
    )


def _percent(rate: float | None, digits: int) -> str:
    return "" if rate is None else f"{rate * 100:.{digits}f} %"
