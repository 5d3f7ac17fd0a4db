"""What is known of everything that the file declares: read once, shown in several ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from botocore.exceptions import ClientError

from runbook.backup.report import Report
from runbook.backup.status import reports
from runbook.base import aws
from runbook.base.names import Kind
from runbook.base.outputs import NOT_DEPLOYED, Outputs
from runbook.credentials.keys import Entry, entries
from runbook.database.drills import drilled
from runbook.dns.deployed import Deployed
from runbook.dns.records import Record
from runbook.mail.status import command as mail
from runbook.senders.metrics import Metric, by_day
from runbook.senders.register import BOUNCES, COMPLAINTS, Row, rows
from settings import Settings
from settings.contract import Output
from settings.models.risks import AcceptedRisk
from settings.plan import items_of, plans
from settings.plan.mail import MailItems

DAYS = 14
SOON = 60
"""Days before its end from which an accepted risk is shown."""
LIMITS = {BOUNCES: (0.05, 0.10), COMPLAINTS: (0.001, 0.005)}
"""From where AWS reviews an account, and from where it may pause it.

<https://docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html>
"""
SENT = Metric("Send")
Days = Sequence[tuple[datetime, float]]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Reputation:
    """The account's mail of the last 14 days in a region."""

    region: str
    quota: int
    """Recipients in 24 hours that the file has from AWS."""
    sent: Days
    rates: Mapping[str, Days]
    """By metric; from 0 to 1."""


@dataclass(frozen=True)
class Database:
    """A database of the file, and where it is deployed."""

    key: Entry
    address: str | None
    """Its host and port; None where they are not known."""
    drills: str = ""
    """How its last drill ended; "" without one in the file."""
    problems: Sequence[str] = ()
    """What its drills ask somebody's attention for."""
    lack: str = NOT_DEPLOYED
    """What it is without an address."""


@dataclass(frozen=True)
class Summary:
    """The account as the screen, the page and programs get it."""

    account: str
    at: datetime
    mail: Sequence[mail.Section]
    records: Mapping[str, Sequence[Record]]
    """What each domain's DNS host has to be given, by domain; not what Route 53 has already."""
    senders: Sequence[Row]
    buckets: Sequence[Report]
    databases: Sequence[Database]
    reputations: Sequence[Reputation]
    risks: Sequence[tuple[AcceptedRisk, int]]
    """Accepted risks that end soon, with the days that are left; the first to end first."""
    unseen: Sequence[str] = ()
    """What the caller may not read, and what AWS said."""

    @property
    def problems(self) -> list[str]:
        """Return what asks for somebody's attention beside the findings on mail."""
        found = [f"{row.name}: {', '.join(row.notes)}" for row in self.senders if row.notes]
        found += [f"{each.name}: {text}" for each in self.buckets for text in each.problems]
        found += [f"{each.key.name}: {each.lack}" for each in self.databases if not each.address]
        found += [f"{each.key.name}: {text}" for each in self.databases for text in each.problems]
        found += [f"{risk.rule} on {risk.on}: expired" for risk, days in self.risks if days < 0]
        return found + [f"Not seen: {each}" for each in self.unseen]

    @property
    def attention(self) -> bool:
        """Tell whether anything asks for somebody's attention."""
        return bool(self.problems or mail.needs(self.mail))


def summarize(settings: Settings, now: datetime) -> Summary:
    """Ask AWS about everything. What the caller may not read is left out, and named."""
    unseen: list[str] = []

    def part(name: str, ask: Callable[[], Sequence[Answer]]) -> Sequence[Answer]:
        try:
            return ask()
        except ClientError as error:
            if not aws.is_denied(error):
                raise
            unseen.append(f"{name}, with these credentials: {aws.reason(error)}")
            return ()

    records = part("DNS records", lambda: [*_records(settings).items()])
    return Summary(
        settings.account,
        now,
        part("mail", lambda: mail.sections(settings, now) if _mail_regions(settings) else ()),
        dict(records),
        part("senders", lambda: rows(settings, now)),
        part("backups", lambda: reports(settings, now)),
        part("databases", lambda: _databases(settings, now)),
        part("reputation", lambda: _reputations(settings, now)),
        ending(settings.accepted_risks, now),
        unseen,
    )


def ending(risks: Sequence[AcceptedRisk], now: datetime) -> list[tuple[AcceptedRisk, int]]:
    """Return the accepted risks that ended, or end soon."""
    found = [(risk, (risk.until - now.date()).days) for risk in risks]
    return sorted((each for each in found if each[1] <= SOON), key=lambda each: each[1])


def _records(settings: Settings) -> dict[str, Sequence[Record]]:
    domains = settings.mail.domains
    by_hand = [name for name, domain in domains.items() if not domain.dns.route53_zone]
    if not by_hand:
        return {}
    deployed = Deployed(settings)
    return {name: found for name in by_hand if (found := deployed.records(name))}


def _databases(settings: Settings, now: datetime) -> list[Database]:
    if not settings.data.databases:
        return []
    outputs = Outputs(settings, Output.DATABASE_ADDRESS)
    keys = entries(settings, Kind.DATABASE)
    return [_database(settings, key, outputs, now) for key in keys]


def _database(settings: Settings, key: Entry, outputs: Outputs, now: datetime) -> Database:
    address = outputs.get(Output.DATABASE_ADDRESS, key.name)
    drill = settings.data.databases[key.name].drill
    found = drilled(settings, key.name, now) if drill and address else None
    if not drill or not found:
        return Database(key, address, lack=outputs.lack(Output.DATABASE_ADDRESS, key.name))
    return Database(key, address, found.words, (*found.problems(drill.every, now),))


def _reputations(settings: Settings, now: datetime) -> list[Reputation]:
    return [_reputation(settings, region, now) for region in _mail_regions(settings)]


def _mail_regions(settings: Settings) -> list[str]:
    return sorted({items.region for items in items_of(plans(settings), MailItems)})


def _reputation(settings: Settings, region: str, now: datetime) -> Reputation:
    rates = {name: Metric(name, "Average") for name in LIMITS}
    found = by_day(region, [SENT, *rates.values()], now, DAYS)
    return Reputation(
        region,
        settings.mail.quota.daily,
        found[SENT],
        {name: found[metric] for name, metric in rates.items()},
    )
