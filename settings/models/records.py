"""What the file says of a domain's DNS records: SPF, DMARC, and where they are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from settings.models.base import Model, Problem
from settings.values.addresses import DomainName, EmailAddress
from settings.values.names import HostedZoneId
from settings.values.spf import LOOKUPS, SES, SpfTerm, TxtValue, needs_lookup

Treatment = Literal["none", "quarantine", "reject"]
Host = Literal["godaddy", "namecheap", "gandi", "cloudflare", "other"]
APPENDS: Mapping[Host, bool] = {
    "godaddy": True,
    "namecheap": True,
    "gandi": True,
    "cloudflare": True,
    "other": False,
}
"""Whether a host puts the zone behind a record's name by itself."""


class Dmarc(Model):
    """The domain's DMARC record: what receivers do with mail that fails, and who gets reports.

    It is tightened in stages: see docs/dns.md.
    """

    policy: Treatment = "none"
    """What receivers do with mail that fails: deliver it, put it with spam, or refuse it."""
    subdomains: Treatment | None = None
    """The same for mail from subdomains without a record of their own; `policy` unless named."""
    missing_subdomains: Treatment | None = None
    """The same for mail from subdomains that do not exist; `subdomains` unless named."""
    testing: bool = False
    """Ask receivers to report, but to treat mail one step milder than the policies say."""
    reports_to: tuple[EmailAddress, ...] = ()
    """Who gets the daily reports of receivers. Another organization has to consent in its DNS."""


class Spf(Model):
    """What the domain's SPF record already says: a domain has one such record, and it is kept."""

    keep: tuple[SpfTerm, ...] = ()
    """The terms of the record that is there already, in its order."""
    ending: Literal["~all", "-all", "?all"] = "~all"
    """What receivers do with mail from anywhere else: suspect, refuse, or accept it."""

    def problems(self) -> Iterator[Problem]:
        """Keep the record one that receivers read to its end."""
        redirects = [at for at, term in enumerate(self.keep) if term.startswith("redirect=")]
        for at in redirects[1:]:
            yield Problem(("keep", at), "left out: a record has one redirect= at most")
        asking = sum(needs_lookup(term) for term in self.keep if term != SES)
        if asking >= LOOKUPS:
            yield Problem(
                ("keep",),
                f"a list with {LOOKUPS - 1} terms at most that take a look-up: receivers make "
                f"{LOOKUPS} for a record, one is for SES, and here are {asking}",
            )


class Dns(Model):
    """Where the domain's records are kept."""

    host: Host = "other"
    """A host where a person adds the records that the stack prints.

    Every host but `other` appends the domain to a record's name, so it is printed without it.
    """
    route53_zone: HostedZoneId | None = None
    """A hosted zone of this account, in which the stack makes the records itself."""
    zone: DomainName | None = None
    """The domain that the host keeps, and puts behind each name, where that is a parent of this."""
    beside_spf: tuple[TxtValue, ...] = ()
    """In Route 53: the domain's other TXT values, which share one record set with SPF."""

    def appended_to(self, domain: str) -> str | None:
        """Return what the host puts behind a record's name by itself."""
        return (self.zone or domain) if APPENDS[self.host] else None

    def problems(self) -> Iterator[Problem]:
        """The records are made in one place."""
        if self.beside_spf and not self.route53_zone:
            yield Problem(("beside_spf",), "requires route53_zone")
        if self.route53_zone and self.host != "other":
            yield Problem(
                ("route53_zone",),
                f"one of the two: the records are added by hand at {self.host}, "
                "or made in a hosted zone",
            )
        elif self.zone and self.route53_zone:
            yield Problem(("zone",), "left out: in a hosted zone, names are whole")
        elif self.zone and not APPENDS[self.host]:
            yield Problem(("zone",), "requires host: one that appends the zone")
