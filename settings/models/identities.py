"""Identities: the domains and addresses that SES may send for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from settings.models.base import Model, Problem
from settings.models.records import Dmarc, Dns, Spf
from settings.values.addresses import DomainLabel, EmailAddress
from settings.values.matching import Matching
from settings.values.names import Label, SendingRegion
from settings.values.regions import DEFAULT_REGION, RECEIVING

MailFromFailure = Literal["use-default", "reject"]
Regions = Annotated[tuple[SendingRegion, ...], Field(min_length=1)]
ConfigurationSetName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9_-]{1,64}", "a configuration set's name: 1 to 64 letters, digits, - and _"
    ),
]


class Domain(Model):
    """A domain that SES may send for: DKIM with 2048 bits, always."""

    regions: Regions = (DEFAULT_REGION,)
    """Where the identity stands; the file's `region` unless named."""
    mail_from: DomainLabel | None = None
    """The label of the MAIL FROM domain: `mail` makes mail.example.org."""
    mail_from_failure: MailFromFailure = "use-default"
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
    """Who gets bounces and complaints. It does not reach addresses declared on their own."""
    configuration_set: ConfigurationSetName | None = None
    """The set that applies to mail which names none."""
    stack: Label | None = None
    """A further stack for this domain, named with it, once the mail stack nears its limits."""

    def problems(self) -> Iterator[Problem]:
        """Compare what the domain says about receiving with what SES offers."""
        if self.receives_mail and self.regions[0] not in RECEIVING:
            yield Problem(
                ("regions", 0), f"one where SES receives mail: {', '.join(sorted(RECEIVING))}"
            )

        fitting = min((62 - len(region) for region in self.regions[1:]), default=63)
        if self.mail_from and len(self.mail_from) > fitting:
            message = f"a label of {fitting} characters at most: further regions add their names"
            yield Problem(("mail_from",), message)

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
    """Who gets bounces and complaints, with the original message's headers."""
    configuration_set: ConfigurationSetName | None = None
    """The set that applies to mail which names none."""
    stack: Label | None = None
    """A further stack for this address, named with it, once the mail stack nears its limits."""
