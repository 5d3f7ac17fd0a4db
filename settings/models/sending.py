"""Which identities prove the From addresses of a sender, and which set its mail goes through."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from settings.models.identities import Address, Domain
from settings.models.senders import Sender


class Identities(NamedTuple):
    """The declared domains and addresses, by name."""

    domains: Mapping[str, Domain]
    addresses: Mapping[str, Address]

    @property
    def by_name(self) -> dict[str, Domain | Address]:
        """Both kinds together: no name is of both, since addresses alone have an @."""
        return {**self.domains, **self.addresses}

    def of_sender(self, sender: Sender, region: str) -> tuple[str, ...]:
        """Return the identities that prove a sender's From addresses in a region.

        An address that is declared on its own is its own identity, and its domain's as long as it
        is not verified: both are named.
        """
        found: list[str | None] = []
        for pattern in sender.from_addresses:
            found += [
                address
                for address, declared in self.addresses.items()
                if region in declared.regions and fnmatchcase(address, pattern)
            ]
            found.append(self.domain_of(pattern, region))
        return tuple(name for name in dict.fromkeys(found) if name)

    def set_of(self, sender: Sender) -> str | None:
        """Return the set that a sender's mail goes through: its own, or its identities' one."""
        if sender.configuration_set:
            return sender.configuration_set
        sets = {
            self.by_name[identity].configuration_set
            for region in sender.regions
            for identity in self.of_sender(sender, region)
        }
        return sets.pop() if len(sets) == 1 else None

    def applies(self, sender: Sender) -> bool:
        """Tell whether each identity of a sender applies the set that the sender's mail needs."""
        used = self.set_of(sender)
        return all(
            self.by_name[identity].configuration_set == used
            for region in sender.regions
            for identity in self.of_sender(sender, region)
        )

    def proving(self, address: str, region: str) -> str | None:
        """Return the identity that proves a From address in a region, the most specific first."""
        declared = self.addresses.get(address)
        if declared and region in declared.regions:
            return address
        return self.domain_of(address, region)

    def domain_of(self, address: str, region: str) -> str | None:
        """Return the nearest declared domain of an address: one covers its subdomains too.

        <https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html>
        """
        labels = address.rpartition("@")[2].split(".")
        parents = (".".join(labels[index:]) for index in range(len(labels) - 1))
        declared = (name for name in parents if name in self.domains)
        return next((name for name in declared if region in self.domains[name].regions), None)
