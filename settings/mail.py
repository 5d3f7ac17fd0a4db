"""The mail part of the configuration: identities, configuration sets and senders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field

from settings.base import Model, Problem
from settings.identities import Address, ConfigurationSetName, Domain, Regions
from settings.names import DomainName, EmailAddress, IamUserName, Matching
from settings.regions import DEFAULT_REGION
from settings.senders import Sender
from settings.topics import Topic, topic_name

Feedback = Literal["bounce", "complaint"]


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
    """What puts a recipient on the suppression list. By its senders' category unless named."""
    require_tls: bool = True
    """Deliver over TLS or not at all."""


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
        items: list[Domain | Address | ConfigurationSet] = [
            *self._identities().values(),
            *self.configuration_sets.values(),
        ]
        found: list[tuple[str, str | None]] = [
            (region, None) for item in items for region in item.regions
        ]
        for sender in self.senders.values():
            found += [(sender.regions[0], None), (sender.regions[0], sender.stack)]
        return sorted(set(found), key=lambda place: (place[0], place[1] or ""))

    def topics(self, region: str) -> dict[str, Topic]:
        """Return the topics of a region by name."""
        found: dict[str, Topic] = {}
        for name, identity in self._identities().items():
            if region in identity.regions and identity.notify:
                topic = found.setdefault(topic_name(name), Topic())
                found[topic_name(name)] = topic.joined(Topic(identity.notify, identities=(name,)))
        for name, declared in self.configuration_sets.items():
            if region in declared.regions:
                topic = found.setdefault(self.topic_of(name), Topic())
                part = Topic(declared.notify, configuration_sets=(name,))
                found[self.topic_of(name)] = topic.joined(part)
        return found

    def _identities(self) -> dict[str, Domain | Address]:
        return {**self.domains, **self.addresses}

    def topic_of(self, configuration_set: str) -> str:
        """Return the name of the topic that takes a configuration set's events."""
        address = self.configuration_sets[configuration_set].topic
        return topic_name(address) if address else f"{configuration_set}-events"

    def suppression_of(self, configuration_set: str) -> tuple[Feedback, ...] | None:
        """Return what puts a recipient of a set's mail on the suppression list.

        Marketing stops after a complaint, too; where both kinds share a set, so does system mail.
        None leaves it to the account's own setting.
        """
        declared = self.configuration_sets[configuration_set].suppression
        if declared is not None:
            return declared
        categories = {
            sender.category
            for sender in self.senders.values()
            if sender.configuration_set == configuration_set
        }
        if not categories:
            return None
        return ("bounce", "complaint") if "marketing" in categories else ("bounce",)

    def received_in(self, region: str) -> list[str]:
        """Return the domains whose mail SES receives in a region."""
        return [
            name
            for name, domain in self.domains.items()
            if domain.receives_mail and domain.regions[0] == region
        ]

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

    def _clashes(self) -> Iterator[Problem]:
        """Find identities whose topics would have one name."""
        owner: dict[str, str] = {}
        for name in self._identities():
            first = owner.setdefault(topic_name(name), name)
            if first != name:
                group = "addresses" if "@" in name else "domains"
                message = f"a name whose letters and digits differ from those of {first}: "
                message += f"both topics would be called {topic_name(name)}"
                yield Problem((group, name), message, key=True)

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
                    )

    def apart(self) -> Iterator[tuple[str, str]]:
        """Yield each address with the domain whose settings one may expect it to have, in vain."""
        for address in self.addresses:
            for domain in self.domains:
                if fnmatchcase(address, f"*@{domain}") or address.endswith(f".{domain}"):
                    yield address, domain
