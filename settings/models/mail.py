"""The mail part of the configuration: identities, configuration sets and senders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field

from settings.models.base import Model, Problem
from settings.models.identities import Address, ConfigurationSetName, Domain, Regions
from settings.models.mail_problems import mail_problems
from settings.models.senders import Sender
from settings.models.sending import Identities
from settings.models.tenant_problems import tenant_problems
from settings.models.tenants import Tenant
from settings.values.addresses import DomainName, EmailAddress
from settings.values.matching import Matching
from settings.values.names import IamUserName, Label
from settings.values.regions import DEFAULT_REGION
from settings.values.tags import TagKey, TagValue

Feedback = Literal["bounce", "complaint"]
EventType = Literal[
    "reject",
    "delivery-delay",
    "rendering-failure",
    "send",
    "delivery",
    "bounce",
    "complaint",
    "open",
    "click",
    "subscription",
]
MailType = Literal["transactional", "promotional"]

ACCOUNT_FIELDS = frozenset({"notify", "quota", "suppression", "production_access"})
"""What is of the account in each region with mail, or in the file's region alone."""


class ConfigurationSet(Model):
    """How mail sent through it is treated, and which of its events are published."""

    regions: Regions = (DEFAULT_REGION,)
    """Where the set stands; the file's `region` unless named."""
    topic: EmailAddress | None = None
    """The declared address whose topic takes the events; a topic of the set's own unless named."""
    notify: tuple[EmailAddress, ...] = ()
    """Who gets its events, besides the subscribers that the topic has already."""
    events: Annotated[tuple[EventType, ...], Field(min_length=1)] = (
        "reject",
        "delivery-delay",
        "rendering-failure",
    )
    """What is published to the topic."""
    suppression: tuple[Feedback, ...] | None = None
    """What puts a recipient on the suppression list. By its senders' category unless named."""
    require_tls: bool = True
    """Deliver over TLS or not at all."""


class ProductionAccess(Model):
    """The request to leave the SES sandbox, sent once for the account and region."""

    mail_type: MailType
    """What most of the mail is."""
    website: Annotated[
        str,
        Matching(
            r"https?://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d{1,5})?([/?#][!-~]{0,900})?",
            "a web address, as in https://example.org",
        ),
    ]
    """The web address of who sends."""
    use_case: Annotated[str, Field(min_length=30, max_length=5000)]
    """What is sent, to whom, how they signed up and how they unsubscribe: AWS reads this."""
    contacts: Annotated[tuple[EmailAddress, ...], Field(min_length=1, max_length=4)]
    """Who gets AWS's answer."""
    language: Literal["en", "ja"] = "en"
    """The language of AWS's answer."""


class Quota(Model):
    """What AWS lets the account send in a region, as its console shows it under Account."""

    daily: Annotated[int, Field(ge=1)] = 200
    """Recipients in 24 hours. An account in the sandbox has 200."""
    per_second: Annotated[int, Field(ge=1)] = 1
    """Recipients in a second. An account in the sandbox has 1."""

    @property
    def is_of_sandbox(self) -> bool:
        """Tell whether it is what AWS gives an account in the sandbox."""
        return self.daily <= 200 and self.per_second <= 1


class Mail(Model):
    """Everything that SES does for the team."""

    notify: tuple[EmailAddress, ...] = ()
    """Who gets the account's alarms: its reputation, its daily quota, its rate."""
    quota: Quota = Quota()
    """What the account may send, as AWS allows it."""
    suppression: tuple[Feedback, ...] = ("bounce", "complaint")
    """What puts a recipient on the account's suppression list; [] disables it."""
    production_access: ProductionAccess | None = None
    """Ask AWS to let the account leave the SES sandbox."""
    received_tags: Annotated[Mapping[TagKey, TagValue], Field(max_length=10)] = {}
    """On the buckets of received mail, besides the file's own `tags`, over which they go.
    10 at most."""
    domains: Mapping[DomainName, Domain] = {}
    """Domains to send from, by name."""
    addresses: Mapping[EmailAddress, Address] = {}
    """Single addresses to send from, by address."""
    configuration_sets: Mapping[ConfigurationSetName, ConfigurationSet] = {}
    """Configuration sets by name."""
    tenants: Mapping[Label, Tenant] = {}
    """Tenants by name: senders whose reputation and pauses are kept apart."""
    senders: Mapping[IamUserName, Sender] = {}
    """Applications that send, by the name of their IAM user."""

    @property
    def identities(self) -> Identities:
        """The domains and addresses together, as SES looks for the one that a message needs."""
        return Identities(self.domains, self.addresses)

    @property
    def regions(self) -> set[str]:
        """Every region that an item names."""
        items = (*self.identities.by_name.values(), *self.configuration_sets.values())
        return {region for item in (*items, *self.senders.values()) for region in item.regions}

    @property
    def is_declared(self) -> bool:
        """Whether the file says anything of mail: an item, or a field of the account."""
        return bool(self.regions or self.model_fields_set & ACCOUNT_FIELDS)

    def tenant_of(self, sender: Sender) -> str | None:
        """Return the tenant that a sender names, or else the one of its category."""
        if sender.tenant:
            return sender.tenant
        of_category = (name for name, t in self.tenants.items() if t.category == sender.category)
        return next(of_category, None)

    def senders_of(self, tenant: str) -> dict[str, Sender]:
        """Return the senders of a tenant, by name."""
        senders = self.senders.items()
        return {name: sender for name, sender in senders if self.tenant_of(sender) == tenant}

    def problems(self) -> Iterator[Problem]:
        """Compare the items with each other."""
        yield from mail_problems(self)
        yield from tenant_problems(self)

    def notes(self) -> Iterator[str]:
        """Yield what is right and yet unexpected.

        A domain's settings stop at its addresses, and a set is applied by an identity, not by a
        sender.
        """
        for address in self.addresses:
            for domain in self.domains:
                if fnmatchcase(address, f"*@{domain}") or address.endswith(f".{domain}"):
                    yield (
                        f"{address} is verified on its own: what is declared for {domain} "
                        "(notify, configuration_set, MAIL FROM) does not apply to it"
                    )
        for name, sender in self.senders.items():
            if not self.identities.applies(sender):
                yield (
                    f"{name} uses the configuration set {self.identities.set_of(sender)}, which is "
                    "not its identity's: each of its messages has to name it in the header "
                    "X-SES-CONFIGURATION-SET, which Metabase, Auth0 and WordPress cannot add"
                )
            if tenant := self.tenant_of(sender):
                yield (
                    f"{name} is in the tenant {tenant}: each of its messages has to name it in the "
                    "header X-SES-TENANT; one that does not is sent outside of every tenant"
                )
