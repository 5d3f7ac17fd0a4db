"""Where the file has SES tell what becomes of a sender's mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runbook.senders.metrics import SENDER
from settings.plan import items_of, plans
from settings.plan.mail import MailItems, SenderItem

if TYPE_CHECKING:
    from settings import Settings

FEEDBACK = frozenset({"Bounce", "Complaint"})
"""What an identity's own topic is told of."""


@dataclass(frozen=True)
class Topic:
    """A topic that is told of some of the sender's events."""

    arn: str
    events: frozenset[str]
    """`Delivery`, `Bounce`, `Complaint` and others, as SES names them."""
    filter: Mapping[str, object] = field(default_factory=dict)
    """The filter of its subscribers, where they get one sender's events only."""

    @property
    def name(self) -> str:
        """Return the topic's own name."""
        return self.arn.rpartition(":")[2]


def topics(settings: Settings, sender: str, address: str, region: str) -> list[Topic]:
    """Return the topics that are told of a sender's mail from one address, each once."""
    found: dict[str, Topic] = {}
    for name, events, wanted in _told(settings, sender, address, region):
        arn = f"arn:aws:sns:{region}:{settings.account}:{name}"
        known = found.get(arn, Topic(arn, frozenset()))
        found[arn] = Topic(arn, known.events | events, wanted)
    return [topic for topic in found.values() if topic.events]


Told = tuple[str, frozenset[str], Mapping[str, object]]


def _told(settings: Settings, sender: str, address: str, region: str) -> Iterator[Told]:
    parts = [items for items in items_of(plans(settings), MailItems) if items.region == region]
    (item,) = (items.senders[sender] for items in parts if sender in items.senders)
    for items in parts:
        if used := items.configuration_sets.get(item.configuration_set):
            yield used.topic, frozenset(map(_event, used.declared.events)), {}
    if item.declared.bounces_to:
        yield item.bounces, frozenset({"Bounce"}), _of_sender(item)
    if topic := _feedback(parts, address):
        yield topic, FEEDBACK, {}


def _feedback(parts: list[MailItems], address: str) -> str | None:
    """Return the topic of the identity that SES goes by: the address's own before its domain's."""
    for items in parts:
        if address in items.addresses:
            return items.addresses[address].feedback
    within = {name: domain for items in parts for name, domain in items.domains.items()}
    host = address.rpartition("@")[2]
    covering = [name for name in within if host == name or host.endswith(f".{name}")]
    return within[max(covering, key=len)].feedback if covering else None


def _of_sender(item: SenderItem) -> dict[str, object]:
    return {"bounce": {"bounceType": ["Permanent"]}, "mail": {"tags": {SENDER: [item.user]}}}


def _event(declared: str) -> str:
    return "".join(word.capitalize() for word in declared.split("-"))
