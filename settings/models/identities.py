"""Identities: the domains and addresses that SES may send for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from settings.models.base import Model, Problem
from settings.values.names import (
    DomainLabel,
    DomainName,
    EmailAddress,
    HostedZoneId,
    Matching,
    Region,
)
from settings.values.regions import DEFAULT_REGION, RECEIVING

Regions = Annotated[tuple[Region, ...], Field(min_length=1)]
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

TxtValue = Annotated[
    str,
    Matching(
        r"[ !#-\[\]-~]{1,1000}",
        'a TXT value in ASCII, without quotes and backslashes, as in "site-verification=1a2b"',
    ),
]


class Dmarc(Model):
    """The domain's DMARC record: what receivers do with mail that fails, and who is told."""

    policy: Literal["none", "quarantine", "reject"] = "none"
    """What receivers do with mail that fails: deliver it, put it with spam, or refuse it."""
    reports_to: tuple[EmailAddress, ...] = ()
    """Who gets the daily reports of receivers."""


class Spf(Model):
    """What the domain's SPF record already says: a domain has one such record, and it is kept."""

    keep: tuple[SpfTerm, ...] = ()
    """The terms of the record that is there already, in its order."""
    ending: Literal["~all", "-all", "?all"] = "~all"
    """What receivers do with mail from anywhere else: suspect, refuse, or accept it."""


class Dns(Model):
    """Where the domain's records are kept."""

    host: Literal["godaddy", "namecheap", "gandi", "cloudflare", "other"] = "other"
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
        return None if self.host == "other" else self.zone or domain

    def problems(self) -> Iterator[Problem]:
        """The records are made in one place."""
        if self.beside_spf and not self.route53_zone:
            yield Problem(("beside_spf",), "nothing, or route53_zone beside it")
        if self.route53_zone and self.host != "other":
            yield Problem(
                ("route53_zone",),
                f"one of the two: the records are added by hand at {self.host}, "
                "or made in a hosted zone",
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
    """The DMARC record."""
    spf: Spf = Spf()
    """The SPF record."""
    dns: Dns = Dns()
    """Where the records are kept."""
    receives_mail: bool = False
    """SES receives the domain's mail, such as a verification link, and keeps it for 30 days.

    It is received in the first of `regions`, since a domain has one place that takes its mail.
    """
    notify: tuple[EmailAddress, ...] = ()
    """Who is told of bounces and complaints. It does not reach addresses declared on their own."""
    configuration_set: ConfigurationSetName | None = None
    """The set that applies to mail which names none."""

    def problems(self) -> Iterator[Problem]:
        """Compare what the domain says about receiving with what SES offers."""
        if self.receives_mail and self.regions[0] not in RECEIVING:
            yield Problem(
                ("regions", 0), f"one where SES receives mail: {', '.join(sorted(RECEIVING))}"
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
    """Where the identity stands; the file's `region` unless named."""
    notify: tuple[EmailAddress, ...] = ()
    """Who is told of bounces and complaints, with the original message's headers."""
    configuration_set: ConfigurationSetName | None = None
    """The set that applies to mail which names none."""
