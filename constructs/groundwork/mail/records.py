"""The DNS records that a domain needs before SES sends for it and receivers trust it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from aws_cdk import Fn, Token
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_ses as ses
from constructs import Construct

from settings.models.identities import Domain
from settings.models.records import Dmarc, Dns, Spf
from settings.values.spf import SES

TTL_SECONDS = "1800"


class Record(NamedTuple):
    """One record. Its name is whole; its value stands as a person types it, without quotes."""

    purpose: str
    """What it is for, which is also its construct's id."""
    type: str
    name: str
    value: str
    priority: int | None = None


def identity_records(
    identity: ses.CfnEmailIdentity, *, mail_from: str | None, region: str
) -> Iterator[Record]:
    """Yield what belongs to the identity in one region: its DKIM keys and its MAIL FROM domain.

    The names and targets of DKIM are the identity's own attributes: their form differs between
    regions. MAIL FROM takes exactly one MX record.
    <https://docs.aws.amazon.com/ses/latest/dg/mail-from.html>
    """
    for number, name, value in (
        (1, identity.attr_dkim_dns_token_name1, identity.attr_dkim_dns_token_value1),
        (2, identity.attr_dkim_dns_token_name2, identity.attr_dkim_dns_token_value2),
        (3, identity.attr_dkim_dns_token_name3, identity.attr_dkim_dns_token_value3),
    ):
        yield Record(f"dkim-{number}", "CNAME", name, value)
    if mail_from:
        host = f"feedback-smtp.{region}.amazonses.com"
        yield Record("mail-from", "MX", mail_from, host, 10)
        yield Record("mail-from-spf", "TXT", mail_from, spf_value(Spf()))


def domain_records(name: str, domain: Domain) -> Iterator[Record]:
    """Yield what a domain has once, whatever the number of its regions: SPF, DMARC, receiving."""
    yield Record("spf", "TXT", name, spf_value(domain.spf))
    yield Record("dmarc", "TXT", f"_dmarc.{name}", dmarc_value(domain.dmarc))
    if domain.receives_mail:
        host = f"inbound-smtp.{domain.regions[0]}.amazonaws.com"
        yield Record("receiving", "MX", name, host, 10)


def spf_value(spf: Spf) -> str:
    """Put SES into the one SPF record that a domain may have, after the terms that it has already.

    `all` would overrule a `redirect=`, which therefore stays the last term, without one.
    """
    redirects = [term for term in spf.keep if term.startswith("redirect=")]
    terms = [term for term in spf.keep if term != SES and term not in redirects]
    return " ".join(["v=spf1", *terms, SES, *(redirects or [spf.ending])])


def dmarc_value(dmarc: Dmarc) -> str:
    """Write the policies, those that differ from what receivers assume, and where reports go.

    Receivers read an address as a URI: `!` would begin a size there.
    <https://www.rfc-editor.org/rfc/rfc9989#section-4.7>
    """
    tags = [f"v=DMARC1; p={dmarc.policy};"]
    if dmarc.subdomains:
        tags.append(f"sp={dmarc.subdomains};")
    if dmarc.missing_subdomains:
        tags.append(f"np={dmarc.missing_subdomains};")
    if dmarc.testing:
        tags.append("t=y;")
    if dmarc.reports_to:
        uris = (f"mailto:{quote(address, safe='@+')}" for address in dmarc.reports_to)
        tags.append(f"rua={','.join(uris)}")
    return " ".join(tags)


def records_text(records: Sequence[Record], *, without: str | None) -> str:
    """Write the records for a person: one a line, with tabs between type, name, value, priority.

    `without` is the domain that the DNS host appends to every name by itself.
    """
    lines = []
    for record in records:
        name = _relative(record.name, without) if without else record.name
        priority = () if record.priority is None else (str(record.priority),)
        lines.append("\t".join((record.type, name, record.value, *priority)))
    return "\n".join(lines)


def _relative(name: str, domain: str) -> str:
    """Take the domain off a name; at the domain itself DNS hosts write @."""
    if Token.is_unresolved(name):
        return Fn.select(0, Fn.split(f".{domain}", name))
    return name.removesuffix(domain).removesuffix(".") or "@"


class HostedRecords(Construct):
    """The records in a hosted zone of Route 53.

    A record set that somebody made by hand under one of the names makes the deployment fail and
    stays as it is: what it says belongs into the configuration first: the domain's other TXT
    values into `beside_spf`, since Route 53 keeps all TXT values of a name in one record set.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        dns: Dns,
        records: Sequence[Record],
    ) -> None:
        super().__init__(scope, construct_id)
        for record in records:
            others = dns.beside_spf if record.purpose == "spf" else ()
            route53.CfnRecordSet(
                self,
                record.purpose,
                hosted_zone_id=dns.route53_zone or "",
                name=record.name,
                type=record.type,
                ttl=TTL_SECONDS,
                resource_records=[_value(record), *map(_quoted, others)],
            )


def _value(record: Record) -> str:
    if record.type == "TXT":
        return _quoted(record.value)
    return record.value if record.priority is None else f"{record.priority} {record.value}"


def _quoted(text: str) -> str:
    """Quote a TXT value in pieces of 255 characters, as many as one string of DNS can have."""
    pieces = (text[at : at + 255] for at in range(0, len(text), 255))
    return " ".join(f'"{piece}"' for piece in pieces)
