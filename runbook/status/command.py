"""`groundwork status`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console

from runbook.backup import status as backup
from runbook.base import aws
from runbook.base.files import write
from runbook.mail.status import command as mail
from runbook.senders import command as senders
from runbook.status.page import page
from runbook.status.screen import present
from runbook.status.summary import Summary, summarize
from settings import load


def status(configuration: Path, html: Path | None, *, as_json: bool) -> None:
    """Print the state of everything, or write the page. End with 1 if something needs a person."""
    settings = load(configuration)
    aws.caller_in(settings.account, settings.region)
    found = summarize(settings, datetime.now(UTC))
    if html:
        write(html, page(found))
    if as_json:
        print(json.dumps(plain(found), indent=2))
    elif not html:
        present(Console(emoji=False, highlight=False), settings, found)
    if found.attention:
        raise typer.Exit(1)


def plain(found: Summary) -> dict[str, object]:
    """Return all of it for a program; times are ISO 8601, rates from 0 to 1, sizes bytes."""
    return {
        "account": found.account,
        "at": found.at.isoformat(),
        "attention": found.attention,
        "problems": found.problems,
        "mail": mail.plain(found.mail),
        "senders": [senders.plain(row) for row in found.senders],
        "buckets": [backup.plain(each) for each in found.buckets],
        "databases": [
            {"database": each.key.name, "address": each.address, "last_drill": each.drills or None}
            for each in found.databases
        ],
        "dns_records": {
            domain: [
                {"type": r.type, "name": r.name, "value": r.value, "priority": r.priority}
                for r in records
            ]
            for domain, records in found.records.items()
        },
        "days": {
            each.region: {
                metric: [[at.isoformat(), value] for at, value in points]
                for metric, points in [("Send", each.sent), *each.rates.items()]
            }
            for each in found.reputations
        },
        "accepted_risks": [
            {**risk.model_dump(mode="json"), "days_left": days} for risk, days in found.risks
        ],
    }
