"""What each mail stack holds: identities, configuration sets, topics and senders, resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from settings.contract import Output
from settings.models.topics import ALARMS, Topic, bounces_topic, events_topic, feedback_topic

if TYPE_CHECKING:
    from settings.models.identities import Address, Domain
    from settings.models.mail import ConfigurationSet, Feedback, Mail, ProductionAccess, Quota
    from settings.models.senders import Category, Sender
    from settings.models.settings import Settings
    from settings.models.tenants import Tenant


@dataclass(frozen=True)
class DomainItem:
    """A domain in one region."""

    declared: Domain
    feedback: str | None
    """The topic of its bounces and complaints, if anybody is subscribed."""


@dataclass(frozen=True)
class AddressItem:
    """An address that is verified on its own, in one region."""

    declared: Address
    feedback: str | None
    """The topic of its bounces and complaints, if anybody is subscribed."""


@dataclass(frozen=True)
class SetItem:
    """A configuration set in one region, with what its senders ask of it."""

    declared: ConfigurationSet
    suppression: tuple[Feedback, ...]
    topic: str
    """The topic of its events and its reputation alarms."""
    bounces: str | None
    """The topic of its bounces, if a sender has contacts for them."""
    counts: bool
    """Whether it counts its senders' mail."""
    logs: bool
    """Whether a sender's delivery log takes its events."""


@dataclass(frozen=True)
class SenderItem:
    """A sender in one region: its user in the first of its regions, its alarms in each."""

    declared: Sender
    user: str
    """The name of its IAM user, which the account knows once."""
    configuration_set: str
    alarms: str
    """The topic of its volume alarm: that of its configuration set."""
    bounces: str
    """The topic of the bounces of its configuration set."""
    identities: Mapping[str, tuple[str, ...]]
    """The identities that prove its From addresses, by region."""
    sandbox: bool
    """Whether the account is in SES's sandbox, as the file's quota says."""
    tenant: str | None = None
    """The tenant's name in SES, if it is in one."""


@dataclass(frozen=True)
class TenantItem:
    """A tenant in one region, with what its senders need there."""

    declared: Tenant
    tenant: str
    """Its name in SES, which the account knows once in a region."""
    alarms: str
    """The topic that is told when SES pauses it."""
    identities: tuple[str, ...]
    configuration_sets: tuple[str, ...]


@dataclass(frozen=True)
class AccountItem:
    """What is of the account in a region."""

    suppression: tuple[Feedback, ...]
    quota: Quota
    production_access: ProductionAccess | None
    alarms: str
    """The topic of the account's alarms."""
    subscribers: tuple[str, ...]
    """Who gets them."""


@dataclass(frozen=True)
class MailItems:
    """What one mail stack holds, by name."""

    region: str
    account: AccountItem | None = None
    topics: Mapping[str, Topic] = field(default_factory=dict)
    configuration_sets: Mapping[str, SetItem] = field(default_factory=dict)
    domains: Mapping[str, DomainItem] = field(default_factory=dict)
    addresses: Mapping[str, AddressItem] = field(default_factory=dict)
    received: tuple[str, ...] = ()
    """The recipients whose mail SES receives: domains, and the addresses declared in them."""
    received_tags: Mapping[str, str] = field(default_factory=dict)
    """Of the bucket of their mail."""
    senders: Mapping[str, SenderItem] = field(default_factory=dict)
    tenants: Mapping[str, TenantItem] = field(default_factory=dict)
    undelivered: str | None = None
    """The topic that hears of events that no delivery log has, where a sender has such a log."""

    @property
    def has_feedback(self) -> bool:
        """Whether anybody is subscribed to the bounces and complaints of an identity."""
        topics = [domain.feedback for domain in self.domains.values()]
        return any([*topics, *(address.feedback for address in self.addresses.values())])

    def outputs(self) -> Iterator[tuple[Output, str]]:
        """Yield kind and item of every output of the stack."""
        for name in self.domains:
            yield Output.DNS_RECORDS, name
        if self.received:
            yield Output.RECEIVED_MAIL, ""
        for name, sender in self.senders.items():
            if self.region == sender.declared.regions[0]:
                yield Output.SENDER_SECRET, name
            if sender.declared.delivery_logs:
                yield Output.DELIVERY_LOG, name


def mail_items(settings: Settings) -> Iterator[tuple[str, str, MailItems]]:
    """Yield region, part and items of every mail stack, the first stack of a region first."""
    used = _sets_used(settings.mail)
    suppressions = _suppressions(settings.mail, used)
    for region in _regions(settings):
        plan = _Region(settings, region, used, suppressions)
        for part in plan.parts():
            yield region, part, plan.items(part)


def _regions(settings: Settings) -> list[str]:
    """Return the regions of all items; without any, the file's for what is of the account."""
    if not settings.mail.is_declared:
        return []
    return sorted(settings.mail.regions) or [settings.region]


class _Region:
    """The mail of one region."""

    def __init__(
        self,
        settings: Settings,
        region: str,
        used: Mapping[str, str],
        suppressions: Mapping[str, tuple[Feedback, ...]],
    ) -> None:
        self._mail, self._region, self._named = settings.mail, region, settings.named
        self._used, self._suppressions = used, suppressions
        self._senders = _within(settings.mail.senders, region)
        self._domains = _within(settings.mail.domains, region)
        self._addresses = _within(settings.mail.addresses, region)
        self._configuration_sets = _within(settings.mail.configuration_sets, region)

    def parts(self) -> list[str]:
        """Return the stacks of the region: the first, and those that items ask for."""
        divided = (self._senders, self._domains, self._addresses)
        asked = {item.stack for items in divided for item in items.values()}
        return ["", *sorted(part for part in asked if part)]

    def items(self, part: str) -> MailItems:
        """Return the items of one stack. Sets, and what is of the account, are in the first."""
        senders = {
            name: self._sender_item(name, declared)
            for name, declared in _of_part(self._senders, part).items()
        }
        domains = {
            name: DomainItem(declared, self._feedback(name, declared))
            for name, declared in _of_part(self._domains, part).items()
        }
        addresses = {
            name: AddressItem(declared, self._feedback(name, declared))
            for name, declared in _of_part(self._addresses, part).items()
        }
        sets = {} if part else self._set_items()
        logged = any(item.declared.delivery_logs for item in senders.values())
        return MailItems(
            self._region,
            account=None if part else self._account(),
            topics=self._topics(part, {**domains, **addresses}, sets),
            configuration_sets=sets,
            domains=domains,
            addresses=addresses,
            received=() if part else self._received(),
            received_tags=self._mail.received_tags,
            senders=senders,
            tenants={} if part else self._tenant_items(),
            undelivered=self._named(ALARMS) if logged else None,
        )

    def _account(self) -> AccountItem:
        mail = self._mail
        return AccountItem(
            mail.suppression,
            mail.quota,
            mail.production_access,
            self._named(ALARMS),
            mail.notify,
        )

    def _set_items(self) -> dict[str, SetItem]:
        return {
            name: self._set_item(name, declared)
            for name, declared in self._configuration_sets.items()
        }

    def _tenant_items(self) -> dict[str, TenantItem]:
        found = {}
        for name, declared in self._mail.tenants.items():
            senders = _within(self._mail.senders_of(name), self._region)
            proving = [
                identity
                for sender in senders.values()
                for identity in self._mail.identities.of_sender(sender, self._region)
            ]
            if senders:
                found[name] = TenantItem(
                    declared,
                    tenant=self._named(name),
                    alarms=self._named(ALARMS),
                    identities=tuple(sorted({*proving})),
                    configuration_sets=tuple(sorted({self._used[sender] for sender in senders})),
                )
        return found

    def _sender_item(self, name: str, declared: Sender) -> SenderItem:
        used, tenant = self._used[name], self._mail.tenant_of(declared)
        return SenderItem(
            declared,
            user=self._named(name),
            configuration_set=used,
            alarms=self._named(events_topic(used, self._mail.configuration_sets[used].topic)),
            bounces=self._named(bounces_topic(used)),
            identities={
                region: self._mail.identities.of_sender(declared, region)
                for region in declared.regions
            },
            sandbox=self._mail.quota.is_of_sandbox,
            tenant=self._named(tenant) if tenant else None,
        )

    def _set_item(self, name: str, declared: ConfigurationSet) -> SetItem:
        senders = [item for sender, item in self._senders.items() if self._used[sender] == name]
        bounces = any(sender.bounces_to for sender in senders)
        return SetItem(
            declared,
            suppression=self._suppressions[name],
            topic=self._named(events_topic(name, declared.topic)),
            bounces=self._named(bounces_topic(name)) if bounces else None,
            counts=bool(senders),
            logs=any(sender.delivery_logs for sender in senders),
        )

    def _topics(
        self,
        part: str,
        identities: Mapping[str, DomainItem | AddressItem],
        sets: Mapping[str, SetItem],
    ) -> dict[str, Topic]:
        """Return a stack's topics by name. A set that names an address shares its topic."""
        parts = [] if part else [(self._named(ALARMS), Topic(self._mail.notify, alarms=True))]
        for name, identity in identities.items():
            if identity.feedback:
                topic = Topic(identity.declared.notify, identities=(name,))
                parts.append((identity.feedback, topic))
        for name, item in sets.items():
            events = Topic(item.declared.notify, configuration_sets=(name,), alarms=True)
            parts.append((item.topic, events))
            if item.bounces:
                parts.append((item.bounces, Topic(configuration_sets=(name,))))
        found: dict[str, Topic] = {}
        for name, topic in parts:
            found[name] = found.get(name, Topic()).joined(topic)
        return found

    def _feedback(self, name: str, identity: Domain | Address) -> str | None:
        return self._named(feedback_topic(name)) if identity.notify else None

    def _received(self) -> tuple[str, ...]:
        domains = [
            name
            for name, domain in self._mail.domains.items()
            if domain.receives_mail and domain.regions[0] == self._region
        ]
        addresses = [name for name in self._mail.addresses if name.rpartition("@")[2] in domains]
        return (*domains, *addresses)


def _sets_used(mail: Mail) -> dict[str, str]:
    """Return the set that each sender uses. A file in which one has none is refused before."""
    found = {name: mail.identities.set_of(sender) for name, sender in mail.senders.items()}
    return {name: used for name, used in found.items() if used is not None}


SUPPRESSION: Mapping[Category, tuple[Feedback, ...]] = {
    "system": ("bounce",),
    "marketing": ("bounce", "complaint"),
}
"""What puts a recipient on the suppression list, by the kind of mail."""


def _suppressions(mail: Mail, used: Mapping[str, str]) -> dict[str, tuple[Feedback, ...]]:
    """Return what puts a recipient of each set's mail on the suppression list.

    Where both kinds of mail share a set, what stops either stops both. A set without senders
    follows the account's own setting.
    """
    reasons: dict[str, list[Feedback]] = {}
    for name, sender in mail.senders.items():
        reasons.setdefault(used[name], []).extend(SUPPRESSION[sender.category])
    return {
        name: _suppression(mail, declared, reasons.get(name))
        for name, declared in mail.configuration_sets.items()
    }


def _suppression(
    mail: Mail, declared: ConfigurationSet, reasons: list[Feedback] | None
) -> tuple[Feedback, ...]:
    if declared.suppression is not None:
        return declared.suppression
    return mail.suppression if reasons is None else tuple(sorted(set(reasons)))


class _Regional(Protocol):
    @property
    def regions(self) -> tuple[str, ...]: ...


class _Divided(Protocol):
    @property
    def stack(self) -> str | None: ...


_Item = TypeVar("_Item", bound=_Regional)
_DividedItem = TypeVar("_DividedItem", bound=_Divided)


def _of_part(items: Mapping[str, _DividedItem], part: str) -> dict[str, _DividedItem]:
    return {name: item for name, item in items.items() if (item.stack or "") == part}


def _within(items: Mapping[str, _Item], region: str) -> dict[str, _Item]:
    return {name: item for name, item in items.items() if region in item.regions}
