"""Everything on one screen, and what comes next: for `status`, and after each deployment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.text import Text

from runbook.backup import status as backup
from runbook.base.errors import UserError
from runbook.base.failures import explain
from runbook.base.tables import table
from runbook.dns import presenting
from runbook.mail.status import command as mail
from runbook.senders import command as senders
from runbook.status.summary import Database, Summary, summarize
from settings import Settings

Step = tuple[str, str]
"""A command, and what it is for."""


def overview(
    console: Console, settings: Settings, now: datetime, first: Sequence[Step] = ()
) -> None:
    """Print what was built, for the person who has just deployed it, and what comes next.

    The changes are made by then: what cannot be read any more is no failure of theirs.
    """
    console.print()
    try:
        found = summarize(settings, now)
    except (BotoCoreError, ClientError, UserError) as error:
        console.print(Text(f"What was built cannot be shown: {explain(error).message}"))
        _next(console, [*first, ("groundwork status", "show it, as somebody who may read it")])
        return
    present(console, settings, found, first)


def present(
    console: Console, settings: Settings, found: Summary, first: Sequence[Step] = ()
) -> None:
    """Print everything, what needs a person, and the next steps; `first` come before others."""
    heading = f"Account {found.account}, {found.at:%Y-%m-%d %H:%M} UTC"
    console.print(Text(heading, style="bold"))
    if found.mail:
        console.print(Text("\nMail", style="bold"))
        mail.present(console, found.mail)
    if found.senders:
        console.print(Text("\nSenders", style="bold"))
        senders.present(console, found.senders)
    if found.buckets:
        console.print(Text("\nBackups", style="bold"))
        backup.present(console, found.buckets)
    if found.databases:
        console.print(Text("\nDatabases", style="bold"))
        titles = ("Database", "Address", "Last drill")
        table(console, titles, [_database(each) for each in found.databases])
    _records(console, settings, found)
    _risks(console, found)
    _problems(console, found)
    _next(console, [*first, *steps(found)])


def steps(found: Summary) -> Iterator[Step]:
    """Yield what people do after a deployment, each with the first name that it fits."""
    for domain in found.records:
        yield f"groundwork dns check {domain}", "once its records are added"
    for row in found.senders[:1]:
        yield f"groundwork mail test {row.name}", "send as it does, to SES's simulator"
        yield (
            f"groundwork credentials show {row.name} --as FORM",
            "its login, for a product",
        )
    for user in [key.name for each in found.buckets for key in each.keys][:1]:
        yield f"groundwork credentials show {user} --as FORM", "its key, for a tool"
    for each in found.databases[:1]:
        yield f"groundwork database connect {each.key.name}", "a session of psql"


def _database(each: Database) -> tuple[str, str, str]:
    return each.key.name, each.address or each.lack.partition(":")[0], each.drills


def _records(console: Console, settings: Settings, found: Summary) -> None:
    for domain, records in found.records.items():
        dns = settings.mail.domains[domain].dns
        dots = dns.host in presenting.TARGETS_END_WITH_A_DOT
        console.print()
        presenting.records(console, domain, dns, records, dns.appended_to(domain), dots=dots)


def _risks(console: Console, found: Summary) -> None:
    if found.risks:
        console.print(Text("\nAccepted risks that end", style="bold"))
        titles = ("Rule", "On", "Until", "Days", "Owner")
        rows = [(r.rule, r.on, f"{r.until}", f"{days}", r.owner) for r, days in found.risks]
        table(console, titles, rows)


def _problems(console: Console, found: Summary) -> None:
    console.print()
    for problem in found.problems:
        console.print(Text(problem, style="red"), soft_wrap=True)
    for finding in mail.needs(found.mail):
        console.print(Text(f"{finding.item}: {finding.text}", style="red"), soft_wrap=True)
    if not found.attention:
        console.print(Text("Nothing needs attention.", style="green"))


def _next(console: Console, found: Sequence[Step]) -> None:
    if found:
        console.print(Text("\nNext", style="bold"))
        table(console, ("Command", "What it does"), found)
