"""The register: what each sender declared, beside what it did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from runbook.base.names import Kind
from runbook.base.outputs import NOT_DEPLOYED
from runbook.credentials.keys import Entry, entries
from runbook.senders.metrics import SENDER, SET, Metric, by_day
from settings import Settings
from settings.plan import items_of, plans
from settings.plan.mail import MailItems, SenderItem

BOUNCES, COMPLAINTS = "Reputation.BounceRate", "Reputation.ComplaintRate"
Days = list[tuple[datetime, float]]


@dataclass(frozen=True)
class Row:
    """One sender. Rates are from 0 to 1, of its configuration set; None without mail."""

    name: str
    category: str
    contact: str
    cost_center: str
    approval: str
    daily: int
    monthly: int
    sent_day: int
    """In the last 24 hours, as SES counts: messages."""
    sent_month: int
    """In the last 30 days."""
    busiest_day: int
    bounces: float | None
    complaints: float | None
    last_used: datetime | None
    """The last use of its key."""
    key_days: int | None
    """The age of its key; None where it has none."""
    lack: str = NOT_DEPLOYED
    """What it is without a key."""

    @property
    def notes(self) -> list[str]:
        """Say what asks for somebody's attention."""
        found = []
        if self.key_days is None:
            found.append(self.lack)
        if self.busiest_day > self.daily:
            found.append("more a day than declared")
        if self.sent_month > self.monthly:
            found.append("more a month than declared")
        if self.is_unused:
            found.append("unused")
        return found

    @property
    def is_unused(self) -> bool:
        """Tell whether a key of 30 days or more has sent nothing in the last 30."""
        return self.key_days is not None and self.key_days >= 30 and self.sent_month == 0


def rows(settings: Settings, now: datetime) -> list[Row]:
    """Ask AWS about every sender of the file."""
    keys = {entry.name: entry for entry in entries(settings, Kind.SENDER)}
    counted = _counted(settings, now)
    return [
        _row(name, settings, keys[name], counted.get(name, []), now)
        for name in settings.mail.senders
    ]


Counted = tuple[Days, float | None, float | None]


def _counted(settings: Settings, now: datetime) -> Mapping[str, list[Counted]]:
    """Return for each sender, in each of its regions, the mail by day and its set's rates."""
    found: dict[str, list[Counted]] = {}
    for region, senders in _by_region(settings).items():
        wanted = [metric for item in senders.values() for metric in _metrics(item)]
        answers = by_day(region, list(dict.fromkeys(wanted)), now)
        for name, item in senders.items():
            sent, bounces, complaints = (answers[metric] for metric in _metrics(item))
            found.setdefault(name, []).append((sent, _last(bounces), _last(complaints)))
    return found


def _by_region(settings: Settings) -> dict[str, dict[str, SenderItem]]:
    found: dict[str, dict[str, SenderItem]] = {}
    for items in items_of(plans(settings), MailItems):
        if items.senders:
            found.setdefault(items.region, {}).update(items.senders)
    return found


def _metrics(item: SenderItem) -> Iterator[Metric]:
    yield Metric("Send", "Sum", SENDER, item.user)
    for name in (BOUNCES, COMPLAINTS):
        yield Metric(name, "Average", SET, item.configuration_set)


def _row(name: str, settings: Settings, key: Entry, counted: list[Counted], now: datetime) -> Row:
    declared = settings.mail.senders[name]
    days: dict[datetime, float] = {}
    for sent, _, _ in counted:
        for day, count in sent:
            days[day] = days.get(day, 0) + count
    last = [count for day, count in days.items() if day >= now - timedelta(days=1)]
    return Row(
        name,
        declared.category,
        declared.contact,
        declared.cost_center,
        declared.approval,
        declared.volume.daily,
        declared.volume.monthly,
        sent_day=int(sum(last)),
        sent_month=int(sum(days.values())),
        busiest_day=int(max(days.values(), default=0)),
        bounces=max((rate for _, rate, _ in counted if rate is not None), default=None),
        complaints=max((rate for _, _, rate in counted if rate is not None), default=None),
        last_used=key.current.used if key.current else None,
        key_days=key.current.days(now) if key.current else None,
        lack=key.lack,
    )


def _last(points: Days) -> float | None:
    return points[-1][1] if points else None
