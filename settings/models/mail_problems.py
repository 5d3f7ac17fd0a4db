"""What is wrong between the items of mail: each names only what is declared, where it is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from settings.models.base import Problem

if TYPE_CHECKING:
    from settings.models.identities import Address, Domain
    from settings.models.mail import ConfigurationSet, Mail
    from settings.models.senders import Sender

Path = tuple[str | int, ...]


def mail_problems(mail: Mail) -> Iterator[Problem]:
    """Compare domains, addresses, configuration sets and senders with each other."""
    yield from _records(mail.domains)
    yield from _received(mail)
    for name, domain in mail.domains.items():
        yield from _used_set(mail, ("domains", name), domain)
    for name, address in mail.addresses.items():
        yield from _used_set(mail, ("addresses", name), address)
    for name, configuration_set in mail.configuration_sets.items():
        yield from _topic(mail, ("configuration_sets", name, "topic"), configuration_set)
    for name, sender in mail.senders.items():
        yield from _sender(mail, ("senders", name), sender)


def _received(mail: Mail) -> Iterator[Problem]:
    if mail.received_tags and not any(item.receives_mail for item in mail.domains.values()):
        message = "left out: no domain has receives_mail: true, so that there is no such bucket"
        yield Problem(("received_tags",), message, depends_on=(("domains",),))


def _used_set(mail: Mail, path: Path, item: Domain | Address | Sender) -> Iterator[Problem]:
    """Have the set that an item names declared, and in every region of the item."""
    name = item.configuration_set
    if name is None:
        return
    declared = mail.configuration_sets.get(name)
    if not declared:
        known = ", ".join(mail.configuration_sets) or "none yet"
        yield Problem(
            (*path, "configuration_set"),
            f"a configuration set declared in mail.configuration_sets: {known}",
            depends_on=(("configuration_sets",),),
        )
    elif missing := [region for region in item.regions if region not in declared.regions]:
        yield Problem(
            (*path, "configuration_set"),
            f"a configuration set in {', '.join(missing)} too: give {name} these regions",
        )


def _topic(mail: Mail, path: Path, declared: ConfigurationSet) -> Iterator[Problem]:
    """Have the address whose topic takes a set's events declared, beside the set."""
    if declared.topic is None:
        return
    address = mail.addresses.get(declared.topic)
    if not address:
        known = ", ".join(mail.addresses) or "none yet"
        yield Problem(
            path,
            f"an address declared in mail.addresses: {known}",
            depends_on=(("addresses",),),
        )
    elif missing := [region for region in declared.regions if region not in address.regions]:
        yield Problem(
            path,
            f"an address whose topic is in {', '.join(missing)} too: "
            "a topic and the set are in one region",
        )
    elif address.stack:
        yield Problem(path, "an address without the field stack: a set is in the first one")


def _sender(mail: Mail, path: Path, sender: Sender) -> Iterator[Problem]:
    yield from _used_set(mail, path, sender)
    yield from _from(mail, path, sender)
    if not mail.identities.set_of(sender):
        yield Problem(
            (*path, "configuration_set"),
            "a configuration set: its mail is measured, logged and suppressed by one, and "
            "its identities have none, or several",
            depends_on=(("domains",), ("addresses",)),
        )


def _from(mail: Mail, path: Path, sender: Sender) -> Iterator[Problem]:
    for index, address in enumerate(sender.from_addresses):
        for region in sender.regions:
            if not mail.identities.proving(address, region):
                domain = address.rpartition("@")[2]
                yield Problem(
                    (*path, "from", index),
                    f"an address whose identity is declared in {region}: add {domain} to "
                    "mail.domains, or the address to mail.addresses "
                    "(SES answers 554 Message rejected otherwise)",
                    depends_on=(("domains",), ("addresses",)),
                )


def _records(domains: Mapping[str, Domain]) -> Iterator[Problem]:
    """Compare what the domains say of their records with each other, and with their names."""
    mail_from = {
        found: name
        for name, domain in domains.items()
        for region in domain.regions
        if (found := domain.mail_from_domain(name, region))
    }
    for taken, name in mail_from.items():
        if taken in domains:
            yield Problem(
                ("domains", name, "mail_from"),
                f"another label: {taken} is declared as a domain itself, and a MAIL FROM domain "
                "has an MX and an SPF record of its own",
                depends_on=(("domains",),),
            )
    for name, domain in domains.items():
        zone = domain.dns.zone
        if zone and zone != name and not name.endswith(f".{zone}"):
            yield Problem(("domains", name, "dns", "zone"), f"a parent of {name}, or {name} itself")
        for at, address in enumerate(domain.dmarc.reports_to):
            if address.rpartition("@")[2] in mail_from:
                yield Problem(
                    ("domains", name, "dmarc", "reports_to", at),
                    "an address outside the MAIL FROM domain, whose mail nobody reads: "
                    "its MX record is SES's",
                )
