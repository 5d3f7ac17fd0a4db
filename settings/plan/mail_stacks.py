"""How the file's mail is divided into stacks, and what each of them holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar

from settings.models.topics import ALARMS, Topic, bounces_topic, events_topic, feedback_topic
from settings.plan.mail import (
    AccountItem,
    AddressItem,
    DomainItem,
    MailItems,
    SenderItem,
    SetItem,
    TenantItem,
)
from settings.plan.suppression import suppression

if TYPE_CHECKING:
    from settings.models.identities import Address, Domain
    from settings.models.mail import ConfigurationSet, Mail
    from settings.models.senders import Sender
    from settings.models.settings import Settings


def mail_items(settings: Settings) -> Iterator[tuple[str, str, MailItems]]:
    """Yield region, part and items of every mail stack, the first stack of a region first."""
    used = _sets_used(settings.mail)
    for region in _regions(settings):
        plan = _Region(settings, region, used)
        for part in plan.parts():
            yield region, part, plan.items(part)


def _regions(settings: Settings) -> list[str]:
    """Return the regions of all items; without any, the file's for what is of the account."""
    if not settings.mail.is_declared:
        return []
    return sorted(settings.mail.regions) or [settings.region]


class _Region:
    """The mail of one region."""

    def __init__(self, settings: Settings, region: str, used: Mapping[str, str]) -> None:
        """`used` has the configuration set of each sender."""
        self._mail, self._region, self._named = settings.mail, region, settings.named
        self._used = used
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
        every = [item for sender, item in self._mail.senders.items() if self._used[sender] == name]
        senders = [item for item in every if self._region in item.regions]
        bounces = any(sender.bounces_to for sender in senders)
        return SetItem(
            declared,
            suppression=suppression(self._mail, declared, {item.category for item in every}),
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
        named = [] if part else [(self._named(ALARMS), Topic(self._mail.notify, alarms=True))]
        for name, identity in identities.items():
            if identity.feedback:
                topic = Topic(identity.declared.notify, identities=(name,))
                named.append((identity.feedback, topic))
        for name, item in sets.items():
            events = Topic(item.declared.notify, configuration_sets=(name,), alarms=True)
            named.append((item.topic, events))
            if item.bounces:
                named.append((item.bounces, Topic(configuration_sets=(name,))))
        found: dict[str, Topic] = {}
        for name, topic in named:
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
