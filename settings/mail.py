"""The mail part of the configuration: identities, configuration sets, and the register of senders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field

from settings.base import Model, Problem
from settings.credentials import Credentials
from settings.names import (
    DomainLabel,
    DomainName,
    EmailAddress,
    HostedZoneId,
    IamUserName,
    Label,
    Matching,
    RecipientPattern,
    Region,
    SenderPattern,
)
from settings.regions import DEFAULT_REGION, RECEIVING

Regions = Annotated[tuple[Region, ...], Field(min_length=1)]
Feedback = Literal["bounce", "complaint"]
RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653
]

ConfigurationSetName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9_-]{1,64}", "a configuration set's name: 1 to 64 letters, digits, - and _"
    ),
]

SpfTerm = Annotated[
    str,
    Matching(
        r"[+?~-]?(?:include:|ip4:|ip6:|a\b|mx\b|exists:|ptr\b)\S*|redirect=\S+",
        'an SPF term without spaces, as in "include:_spf.google.com" or "ip4:203.0.113.7"',
    ),
]


class Dmarc(Model):
    """The domain's DMARC record: what receivers do with mail that fails, and who is told."""

    policy: Literal["none", "quarantine", "reject"] = "none"
    reports_to: tuple[EmailAddress, ...] = ()


class Spf(Model):
    """What the domain's SPF record already says: a domain has one such record, and it is kept."""

    keep: tuple[SpfTerm, ...] = ()
    ending: Literal["~all", "-all", "?all"] = "~all"


class Dns(Model):
    """Where the domain's records are kept."""

    host: Literal["godaddy", "namecheap", "gandi", "cloudflare", "other"] = "other"
    """A host where a person adds the records that the stack prints.

    Every host but `other` appends the domain to a record's name, so it is printed without it.
    """
    route53_zone: HostedZoneId | None = None
    """A hosted zone of this account, in which the stack makes the records itself."""

    def problems(self) -> Iterator[Problem]:
        """The records are made in one place."""
        if self.route53_zone and self.host != "other":
            yield Problem(
                ("route53_zone",),
                f"one of the two: the records are added by hand at {self.host}, or made in a hosted zone",
            )


class Domain(Model):
    """A domain that SES may send for: DKIM with 2048 bits, always."""

    regions: Regions = (DEFAULT_REGION,)
    """Where the identity stands; the file's `region` unless named."""
    mail_from: DomainLabel | None = None
    """The label of the MAIL FROM domain: `mail` makes mail.example.org."""
    mail_from_failure: Literal["use-default", "reject"] = "use-default"
    """What SES does while the MAIL FROM records are missing: use amazonses.com, or send nothing."""
    dmarc: Dmarc = Dmarc()
    spf: Spf = Spf()
    dns: Dns = Dns()
    receives_mail: bool = False
    """SES receives the domain's mail, such as a verification link, and keeps it for 30 days."""
    notify: tuple[EmailAddress, ...] = ()
    """Who is told of bounces and complaints. It does not reach addresses declared on their own."""
    configuration_set: ConfigurationSetName | None = None
    """The set that applies to mail which names none."""

    def problems(self) -> Iterator[Problem]:
        """Compare what the domain says about receiving with what SES offers."""
        for index, region in enumerate(self.regions):
            if self.receives_mail and region not in RECEIVING:
                yield Problem(
                    ("regions", index),
                    f"SES receives no mail in {region}; it does in {', '.join(sorted(RECEIVING))}",
                )

    def mail_from_domain(self, name: str, region: str) -> str | None:
        """Return the MAIL FROM domain in a region.

        It takes exactly one MX record, and the record names the region's host: further regions
        therefore get a label of their own.
        """
        if not self.mail_from:
            return None
        label = self.mail_from if region == self.regions[0] else f"{self.mail_from}-{region}"
        return f"{label}.{name}"


class Address(Model):
    """An e-mail address that is verified on its own. Its domain's settings do not apply to it."""

    regions: Regions = (DEFAULT_REGION,)
    notify: tuple[EmailAddress, ...] = ()
    """Who is told of bounces and complaints, with the original message's headers."""
    configuration_set: ConfigurationSetName | None = None


class ConfigurationSet(Model):
    """How mail sent through it is treated, and which of its events are published."""

    regions: Regions = (DEFAULT_REGION,)
    topic: EmailAddress | None = None
    """The declared address whose topic takes the events; a topic of the set's own unless named."""
    notify: tuple[EmailAddress, ...] = ()
    events: Annotated[
        tuple[
            Literal[
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
            ],
            ...,
        ],
        Field(min_length=1),
    ] = ("reject", "delivery-delay", "rendering-failure")
    suppression: tuple[Feedback, ...] | None = None
    """What puts a recipient on the suppression list. By the category of its senders unless named."""
    require_tls: bool = True
    """Deliver over TLS or not at all."""


class Volume(Model):
    """The mail that a sender expects to send, in recipients."""

    daily: Annotated[int, Field(ge=1)]
    monthly: Annotated[int, Field(ge=1)]

    def problems(self) -> Iterator[Problem]:
        """A day's mail is part of its month's."""
        if self.monthly < self.daily:
            yield Problem(("monthly",), f"at least the daily volume, {self.daily}")


class Sender(Model):
    """One application that sends mail, as the register knows it."""

    regions: Regions = (DEFAULT_REGION,)
    from_addresses: Annotated[tuple[SenderPattern, ...], Field(min_length=1, alias="from")]
    """The From addresses it may use; * and ? stand before the @ only."""
    category: Literal["system", "marketing"]
    contact: EmailAddress
    cost_center: Annotated[
        str,
        Matching(r"[\w .:/=+@-]{1,256}", "letters, digits, spaces and _.:/=+-@, between quotes"),
    ]
    approval: Annotated[
        str, Matching(r"[\w .:/=+@-]{1,256}", "the reference of the approval, as in OPS-42")
    ]
    volume: Volume
    attachments: bool = False
    bounces_to: tuple[EmailAddress, ...] = ()
    """Who is told of hard bounces of this sender's addresses."""
    delivery_logs: bool = False
    delivery_logs_days: RetentionDays = 90
    configuration_set: ConfigurationSetName | None = None
    only_to: tuple[RecipientPattern, ...] = ()
    """A test environment's sender reaches these recipients and nobody else."""
    credentials: Credentials = Credentials()
    stack: Label | None = None
    """A further stack for this sender, once the mail stack nears CloudFormation's 500 resources."""


class ProductionAccess(Model):
    """The request to leave the SES sandbox, sent once for the account and region."""

    mail_type: Literal["transactional", "promotional"]
    website: Annotated[
        str, Matching(r"https?://[^\s]{1,990}", "a web address, as in https://example.org")
    ]
    use_case: Annotated[str, Field(min_length=30, max_length=5000)]
    """What is sent, to whom, how they signed up and how they unsubscribe: AWS reads this."""
    contacts: Annotated[tuple[EmailAddress, ...], Field(min_length=1, max_length=4)]
    language: Literal["en", "ja"] = "en"


class Mail(Model):
    """Everything that SES does for the team."""

    suppression: tuple[Feedback, ...] = ("bounce", "complaint")
    """What puts a recipient on the account's suppression list; [] disables it."""
    production_access: ProductionAccess | None = None
    domains: Mapping[DomainName, Domain] = {}
    addresses: Mapping[EmailAddress, Address] = {}
    configuration_sets: Mapping[ConfigurationSetName, ConfigurationSet] = {}
    senders: Mapping[IamUserName, Sender] = {}

    def places(self) -> list[tuple[str, str | None]]:
        """Return the region and part of every stack that the items need, each once, in order."""
        items = (
            *self.domains.values(),
            *self.addresses.values(),
            *self.configuration_sets.values(),
        )
        found: list[tuple[str, str | None]] = [
            (region, None) for item in items for region in item.regions
        ]
        for sender in self.senders.values():
            found += [(sender.regions[0], None), (sender.regions[0], sender.stack)]
        return sorted(set(found), key=lambda place: (place[0], place[1] or ""))

    def identity_for(self, address: str, region: str) -> str | None:
        """Return the identity that proves a From address in a region, the most specific first.

        A verified domain covers its subdomains too.
        <https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html>
        """
        if region in getattr(self.addresses.get(address), "regions", ()):
            return address
        labels = address.rpartition("@")[2].split(".")
        parents = (".".join(labels[index:]) for index in range(len(labels) - 1))
        return next(
            (name for name in parents if region in getattr(self.domains.get(name), "regions", ())),
            None,
        )

    def problems(self) -> Iterator[Problem]:
        """Compare the items with each other."""
        for name, domain in self.domains.items():
            yield from self._set_problems(
                ("domains", name), domain.configuration_set, domain.regions
            )
            for index, address in enumerate(domain.dmarc.reports_to):
                if any(
                    address.endswith(f"@{domain.mail_from_domain(name, region)}")
                    for region in domain.regions
                ):
                    yield Problem(
                        ("domains", name, "dmarc", "reports_to", index),
                        "an address outside the MAIL FROM domain, whose mail goes to SES and is not read",
                    )
        for name, single in self.addresses.items():
            yield from self._set_problems(
                ("addresses", name), single.configuration_set, single.regions
            )
        for name, configuration_set in self.configuration_sets.items():
            yield from self._topic_problems(name, configuration_set)
        for name, sender in self.senders.items():
            yield from self._set_problems(
                ("senders", name), sender.configuration_set, sender.regions
            )
            yield from self._from_problems(name, sender)

    def _set_problems(
        self, path: tuple[str, ...], name: str | None, regions: tuple[str, ...]
    ) -> Iterator[Problem]:
        if name is None:
            return
        declared = self.configuration_sets.get(name)
        if not declared:
            known = ", ".join(self.configuration_sets) or "none yet"
            yield Problem(
                (*path, "configuration_set"),
                f"a configuration set declared in mail.configuration_sets: {known}",
            )
        elif missing := [region for region in regions if region not in declared.regions]:
            yield Problem(
                (*path, "configuration_set"),
                f"a configuration set in {', '.join(missing)} too: give {name} these regions",
            )

    def _topic_problems(self, name: str, configuration_set: ConfigurationSet) -> Iterator[Problem]:
        if configuration_set.topic is None:
            return
        address = self.addresses.get(configuration_set.topic)
        path = ("configuration_sets", name, "topic")
        if not address:
            yield Problem(
                path,
                f"an address declared in mail.addresses: {', '.join(self.addresses) or 'none yet'}",
            )
        elif missing := [
            region for region in configuration_set.regions if region not in address.regions
        ]:
            yield Problem(
                path,
                f"an address whose topic is in {', '.join(missing)} too: a topic and the set are in one region",
            )

    def _from_problems(self, name: str, sender: Sender) -> Iterator[Problem]:
        for index, address in enumerate(sender.from_addresses):
            for region in sender.regions:
                if not self.identity_for(address, region):
                    domain = address.rpartition("@")[2]
                    yield Problem(
                        ("senders", name, "from", index),
                        f"an address whose identity is declared in {region}: add {domain} to mail.domains, "
                        "or the address to mail.addresses (SES answers 554 Message rejected otherwise)",
                    )

    def apart(self) -> Iterator[tuple[str, str]]:
        """Yield each address with the domain whose settings one might expect it to have, but it has not."""
        for address in self.addresses:
            for domain in self.domains:
                if fnmatchcase(address, f"*@{domain}") or address.endswith(f".{domain}"):
                    yield address, domain
