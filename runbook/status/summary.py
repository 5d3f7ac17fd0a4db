"""What is known of the account beside the mail's own findings: read once, shown in two ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from runbook.backup.report import Report
from runbook.backup.status import reports
from runbook.base.names import Kind
from runbook.credentials.keys import Entry, entries
from runbook.senders.metrics import Metric, by_day
from runbook.senders.register import BOUNCES, COMPLAINTS, Row, rows
from settings import Settings
from settings.models.risks import AcceptedRisk
from settings.plan import plans
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
class Summary:
    """The account as the page and the screen show it."""

    account: str
    at: datetime
    senders: Sequence[Row]
    buckets: Sequence[Report]
    databases: Sequence[Entry]
    reputations: Sequence[Reputation]
    risks: Sequence[tuple[AcceptedRisk, int]]
    """Accepted risks that end soon, with the days that are left; the first to end first."""

    @property
    def problems(self) -> list[str]:
        """Return what asks for somebody's attention."""
        found = [f"{row.name}: {', '.join(row.notes)}" for row in self.senders if row.notes]
        found += [f"{each.name}: {text}" for each in self.buckets for text in each.problems]
        found += [f"{each.name}: not deployed" for each in self.databases if not each.current]
        found += [f"{risk.rule} on {risk.on}: expired" for risk, days in self.risks if days < 0]
        return found


def summarize(settings: Settings, now: datetime) -> Summary:
    """Ask AWS about senders, buckets, databases and reputation."""
    return Summary(
        settings.account,
        now,
        rows(settings, now),
        reports(settings, now),
        entries(settings, Kind.DATABASE),
        [_reputation(settings, region, now) for region in _regions(settings)],
        ending(settings.accepted_risks, now),
    )


def ending(risks: Sequence[AcceptedRisk], now: datetime) -> list[tuple[AcceptedRisk, int]]:
    """Return the accepted risks that ended, or end soon."""
    found = [(risk, (risk.until - now.date()).days) for risk in risks]
    return sorted((each for each in found if each[1] <= SOON), key=lambda each: each[1])


def _regions(settings: Settings) -> list[str]:
    return sorted({p.region for p in plans(settings) if isinstance(p.items, MailItems)})


def _reputation(settings: Settings, region: str, now: datetime) -> Reputation:
    rates = {name: Metric(name, "Average") for name in LIMITS}
    found = by_day(region, [SENT, *rates.values()], now, DAYS)
    return Reputation(
        region,
        settings.mail.quota.daily,
        found[SENT],
        {name: found[metric] for name, metric in rates.items()},
    )
