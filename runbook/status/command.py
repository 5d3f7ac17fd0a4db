"""`groundwork status`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from runbook.backup import status as backup
from runbook.base import aws
from runbook.mail.status import command as mail
from runbook.senders.command import table
from runbook.status.page import page
from runbook.status.summary import Summary, summarize
from settings import load


def status(configuration: Path, html: Path | None) -> None:
    """Print the state of everything, and write the page. End with 1 if something needs a person."""
    settings, now = load(configuration), datetime.now(UTC)
    aws.caller_in(settings.account, settings.region)
    console = Console(highlight=False)
    found = summarize(settings, now)
    if html:
        html.write_text(page(found), encoding="utf-8")
    attention = mail.status(settings, now, as_json=False) if settings.mail.is_declared else False
    present(console, found)
    if attention or found.problems:
        raise typer.Exit(1)


def present(console: Console, found: Summary) -> None:
    """Print what is beside the mail's own findings, and what needs a person last."""
    if found.senders:
        console.print(Text("\nSenders", style="bold"))
        console.print(table(found.senders))
    if found.buckets:
        console.print(Text("\nBackups", style="bold"))
        backup.present(console, found.buckets)
    if found.databases:
        names = ", ".join(entry.name for entry in found.databases)
        console.print(
            Text("\nDatabases; to connect: groundwork database connect NAME", style="bold")
        )
        console.print(Text(names), soft_wrap=True)
    if found.risks:
        console.print(Text("\nAccepted risks that end", style="bold"))
        for risk, days in found.risks:
            line = f"{risk.rule} on {risk.on}: {risk.until}, {days} days, {risk.owner}"
            console.print(Text(line), soft_wrap=True)
    console.print()
    for problem in found.problems:
        console.print(Text(problem, style="red"), soft_wrap=True)
    if not found.problems:
        console.print(Text("Senders, backups and databases are as the file has them."))
