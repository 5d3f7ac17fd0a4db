"""The mail part of the configuration: identities, configuration sets and senders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field

from settings.models.base import Model, Problem
from settings.models.identities import Address, ConfigurationSetName, Domain, Regions
from settings.models.senders import Sender
from settings.models.topics import ALARMS, Topic, topic_name
from settings.values.names import DomainName, EmailAddress, IamUserName, Matching
from settings.values.regions import DEFAULT_REGION

Feedback = Literal["bounce", "complaint"]


class ConfigurationSet(Model):
    """How mail sent through it is treated, and which of its events are published."""

    regions: Regions = (DEFAULT_REGION,)
    """Where the set stands; the file's `region` unless named."""
    topic: EmailAddress | None = None
    """The declared address whose topic takes the events; a topic of the set's own unless named."""
    notify: tuple[EmailAddress, ...] = ()
    """Who is told of its events, beside those whom the topic tells already."""
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
    """What is published to the topic."""
    suppression: tuple[Feedback, ...] | None = None
    """What puts a recipient on the suppression list. By its senders' category unless named."""
    require_tls: bool = True
    """Deliver over TLS or not at all."""


class ProductionAccess(Model):
    """The request to leave the SES sandbox, sent once for the account and region."""

    mail_type: Literal["transactional", "promotional"]
    """What most of the mail is."""
    website: Annotated[
        str, Matching(r"https?://[^\s]{1,990}", "a web address, as in https://example.org")
    ]
    """The web address of who sends."""
    use_case: Annotated[str, Field(min_length=30, max_length=5000)]
    """What is sent, to whom, how they signed up and how they unsubscribe: AWS reads this."""
    contacts: Annotated[tuple[EmailAddress, ...], Field(min_length=1, max_length=4)]
    """Who is told of AWS's answer."""
    language: Literal["en", "ja"] = "en"
    """The language of AWS's answer."""


class Quota(Model):
    """What AWS lets the account send in a region, as its console shows it under Account."""

    daily: Annotated[int, Field(ge=1)] = 200
    """Recipients in 24 hours. An account in the sandbox has 200."""
    per_second: Annotated[int, Field(ge=1)] = 1
    """Recipients in a second. An account in the sandbox has 1."""


class Mail(Model):
    """Everything that SES does for the team."""

    notify: tuple[EmailAddress, ...] = ()
    """Who is told of the account's alarms: its reputation, its daily quota, its rate."""
    quota: Quota = Quota()
    """What the account may send, as AWS allows it."""
    suppression: tuple[Feedback, ...] = ("bounce", "complaint")
    """What puts a recipient on the account's suppression list; [] disables it."""
    production_access: ProductionAccess | None = None
    """Ask AWS to let the account leave the SES sandbox."""
    domains: Mapping[DomainName, Domain] = {}
    """Domains to send from, by name."""
    addresses: Mapping[EmailAddress, Address] = {}
    """Single addresses to send from, by address."""
    configuration_sets: Mapping[ConfigurationSetName, ConfigurationSet] = {}
    """Configuration sets by name."""
    senders: Mapping[IamUserName, Sender] = {}
    """Applications that send, by the name of their IAM user."""

    def places(self) -> list[tuple[str, str | None]]:
        """Return the region and part of every stack that the items need, each once, in order."""
        items: list[Domain | Address | ConfigurationSet] = [
            *self._identities().values(),
            *self.configuration_sets.values(),
        ]
        found: list[tuple[str, str | None]] = [
            (region, None) for item in items for region in item.regions
        ]
        for sender in self.senders.values():
            found += [(region, part) for region in sender.regions for part in (None, sender.stack)]
        return sorted(set(found), key=lambda place: (place[0], place[1] or ""))

    def topics(self, region: str) -> dict[str, Topic]:
        """Return the topics of a region by name."""
        parts = [(ALARMS, Topic(self.notify, alarms=True))]
        for name in self.told_of(region):
            told = self._identities()[name].notify
            parts.append((topic_name(name), Topic(told, identities=(name,))))
        for name, declared in self.configuration_sets.items():
            if region in declared.regions:
                topic = Topic(declared.notify, configuration_sets=(name,), alarms=True)
                parts.append((self.topic_of(name), topic))
            if any(sender.bounces_to for sender in self.senders_of(name, region).values()):
                parts.append((self.bounces_of(name), Topic(configuration_sets=(name,))))
        found: dict[str, Topic] = {}
        for name, topic in parts:
            found[name] = found.get(name, Topic()).joined(topic)
        return found

    def _identities(self) -> dict[str, Domain | Address]:
        return {**self.domains, **self.addresses}

    def topic_of(self, configuration_set: str) -> str:
        """Return the name of the topic that takes a configuration set's events."""
        address = self.configuration_sets[configuration_set].topic
        return topic_name(address) if address else f"{configuration_set}-events"

    def bounces_of(self, configuration_set: str) -> str:
        """Return the name of the topic that takes a set's bounces, for the contacts of senders."""
        return f"{configuration_set}-bounces"

    def senders_of(self, configuration_set: str, region: str) -> dict[str, Sender]:
        """Return the senders whose mail goes through a configuration set in a region."""
        return {
            name: sender
            for name, sender in self.senders.items()
            if region in sender.regions and self.set_of(name) == configuration_set
        }

    def set_of(self, sender: str) -> str | None:
        """Return the set that a sender's mail goes through: its own, or its identities' one."""
        declared = self.senders[sender]
        if declared.configuration_set:
            return declared.configuration_set
        sets = {
            self._identities()[identity].configuration_set
            for region in declared.regions
            for identity in self.identities_of(sender, region)
        }
        return sets.pop() if len(sets) == 1 else None

    def identities_of(self, sender: str, region: str) -> list[str]:
        """Return the identities that prove a sender's From addresses in a region.

        An address that is declared on its own is its own identity, and its domain's as long as it
        is not verified: both are named.
        """
        found: list[str | None] = []
        for pattern in self.senders[sender].from_addresses:
            found += [
                address
                for address, declared in self.addresses.items()
                if region in declared.regions and fnmatchcase(address, pattern)
            ]
            found.append(self.domain_for(pattern, region))
        return [name for name in dict.fromkeys(found) if name]

    def suppression_of(self, configuration_set: str) -> tuple[Feedback, ...]:
        """Return what puts a recipient of a set's mail on the suppression list.

        Marketing stops after a complaint, too; where both kinds share a set, so does system mail.
        A set without senders follows the account's own setting.
        """
        declared = self.configuration_sets[configuration_set].suppression
        if declared is not None:
            return declared
        categories = {
            sender.category
            for name, sender in self.senders.items()
            if self.set_of(name) == configuration_set
        }
        if not categories:
            return self.suppression
        return ("bounce", "complaint") if "marketing" in categories else ("bounce",)

    def told_of(self, region: str) -> list[str]:
        """Return the identities in a region of whose bounces and complaints somebody is told."""
        return [
            name
            for name, identity in self._identities().items()
            if region in identity.regions and identity.notify
        ]

    def received_in(self, region: str) -> list[str]:
        """Return the domains whose mail SES receives in a region, and their declared addresses."""
        domains = [
            name
            for name, domain in self.domains.items()
            if domain.receives_mail and domain.regions[0] == region
        ]
        return domains + [name for name in self.addresses if name.rpartition("@")[2] in domains]

    def identity_for(self, address: str, region: str) -> str | None:
        """Return the identity that proves a From address in a region, the most specific first."""
        if region in getattr(self.addresses.get(address), "regions", ()):
            return address
        return self.domain_for(address, region)

    def domain_for(self, address: str, region: str) -> str | None:
        """Return the nearest declared domain of an address: one covers its subdomains too.

        <https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html>
        """
        labels = address.rpartition("@")[2].split(".")
        parents = (".".join(labels[index:]) for index in range(len(labels) - 1))
        return next(
            (name for name in parents if region in getattr(self.domains.get(name), "regions", ())),
            None,
        )

    def problems(self) -> Iterator[Problem]:
        """Compare the items with each other."""
        yield from self._clashes()
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
                        "an address outside the MAIL FROM domain, whose mail nobody reads: "
                        "its MX record is SES's",
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
            if not self.set_of(name):
                yield Problem(
                    ("senders", name, "configuration_set"),
                    "a configuration set: its mail is measured, logged and suppressed by one, and "
                    "its identities have none, or several",
                    rests_on=(("domains",), ("addresses",)),
                )

    def _clashes(self) -> Iterator[Problem]:
        """Find identities whose topics would have one name."""
        owner: dict[str, str] = {}
        for name in self._identities():
            first = owner.setdefault(topic_name(name), name)
            if first != name:
                group = "addresses" if "@" in name else "domains"
                message = f"a name whose letters and digits differ from those of {first}: "
                message += f"both topics would be called {topic_name(name)}"
                yield Problem((group, name), message, key=True, rests_on=())

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
                rests_on=(("configuration_sets",),),
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
                rests_on=(("addresses",),),
            )
        elif missing := [
            region for region in configuration_set.regions if region not in address.regions
        ]:
            yield Problem(
                path,
                f"an address whose topic is in {', '.join(missing)} too: "
                "a topic and the set are in one region",
            )

    def _from_problems(self, name: str, sender: Sender) -> Iterator[Problem]:
        for index, address in enumerate(sender.from_addresses):
            for region in sender.regions:
                if not self.identity_for(address, region):
                    domain = address.rpartition("@")[2]
                    yield Problem(
                        ("senders", name, "from", index),
                        f"an address whose identity is declared in {region}: add {domain} to "
                        "mail.domains, or the address to mail.addresses "
                        "(SES answers 554 Message rejected otherwise)",
                        rests_on=(("domains",), ("addresses",)),
                    )

    def notes(self) -> Iterator[str]:
        """Yield what is right and yet unexpected: a domain's settings stop at its addresses."""
        for address in self.addresses:
            for domain in self.domains:
                if fnmatchcase(address, f"*@{domain}") or address.endswith(f".{domain}"):
                    yield (
                        f"{address} is verified on its own: what is declared for {domain} "
                        "(notify, configuration_set, MAIL FROM) does not apply to it"
                    )
