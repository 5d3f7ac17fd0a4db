"""What a mail stack holds: identities, configuration sets, topics and senders, resolved.

`settings.plan.mail_stacks` makes them of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from settings.contract import Output

if TYPE_CHECKING:
    from settings.models.identities import Address, Domain
    from settings.models.mail import ConfigurationSet, Feedback, ProductionAccess, Quota
    from settings.models.senders import Sender
    from settings.models.tenants import Tenant
    from settings.models.topics import Topic


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
