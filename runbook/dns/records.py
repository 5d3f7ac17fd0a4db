"""The records that a domain needs, as its stacks' outputs name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What a record is for."""

    DKIM = "DKIM"
    MAIL_FROM = "MAIL FROM"
    MAIL_FROM_SPF = "SPF of MAIL FROM"
    SPF = "SPF"
    DMARC = "DMARC"
    RECEIVING = "receiving"
    REPORT_CONSENT = "consent to reports"


@dataclass(frozen=True)
class Record:
    """One record, its name whole and its value as a person types it, without quotes."""

    purpose: Purpose
    type: str
    name: str
    value: str
    priority: int | None = None
    owner: str | None = None
    """The domain of somebody else who has to add it; None where the domain's own host has it."""

    @property
    def answer(self) -> str:
        """The value as a name server answers it: an MX with its priority."""
        return self.value if self.priority is None else f"{self.priority} {self.value}"

    def name_in(self, zone: str | None) -> str:
        """Return its name as a DNS host takes it that appends `zone`: @ is the zone itself."""
        if zone is None:
            return self.name
        if self.name == zone:
            return "@"
        return self.name.removesuffix(f".{zone}")


def read(domain: str, output: str) -> tuple[Record, ...]:
    """Read the output that a stack has for a domain: type, name, value, priority, with tabs.

    The output's names are as the DNS host takes them. Which domain the host appends is told by the
    first DKIM record: each identity has one, and it stands at `TOKEN._domainkey.DOMAIN`.
    """
    rows = [line.split("\t") for line in output.splitlines() if line.strip()]
    zone = _appended(domain, rows)
    return tuple(_record(domain, zone, *row) for row in rows)


def _appended(domain: str, rows: Iterable[list[str]]) -> str | None:
    left = next((row[1].partition("._domainkey")[2] for row in rows if "._domainkey" in row[1]), "")
    left = left.removeprefix(".")
    if left == domain:
        return None
    return domain.removeprefix(f"{left}.") if left else domain


def _record(
    domain: str, zone: str | None, kind: str, name: str, value: str, priority: str = ""
) -> Record:
    if zone is not None:
        name = zone if name == "@" else f"{name}.{zone}"
    purpose = _purpose(domain, kind, name, value)
    return Record(purpose, kind, name, value, int(priority) if priority else None)


def _purpose(domain: str, kind: str, name: str, value: str) -> Purpose:
    if kind == "CNAME":
        return Purpose.DKIM
    if kind == "MX":
        return Purpose.RECEIVING if name == domain else Purpose.MAIL_FROM
    if value.startswith("v=DMARC1"):
        return Purpose.DMARC
    return Purpose.SPF if name == domain else Purpose.MAIL_FROM_SPF


def consents(domain: str, records: Iterable[Record]) -> Iterator[Record]:
    """Yield what other organizations must publish before DMARC reports are sent to them.

    A receiver sends reports about a domain to another organization only where that one says that
    it takes them (RFC 9990, section 4). Which domains are one organization's is told by the public
    suffix list, as receivers commonly do.
    """
    others = sorted({other for record in records for other in _reports_to(record)})
    for other in others:
        if _organization(other) != _organization(domain):
            yield Record(
                Purpose.REPORT_CONSENT,
                "TXT",
                f"{domain}._report._dmarc.{other}",
                "v=DMARC1;",
                owner=other,
            )


def _reports_to(record: Record) -> Iterator[str]:
    if record.purpose is Purpose.DMARC:
        for tag in record.value.split(";"):
            name, _, uris = tag.strip().partition("=")
            if name == "rua":
                yield from (uri.strip().rpartition("@")[2].lower() for uri in uris.split(","))


def _organization(domain: str) -> str:
    from publicsuffixlist import PublicSuffixList

    return str(PublicSuffixList().privatesuffix(domain) or domain)
