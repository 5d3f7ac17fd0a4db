"""Records and findings for a person, and findings for a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from runbook.base.tables import table
from runbook.dns.check import Finding
from runbook.dns.formats import cells
from runbook.dns.records import Record
from runbook.dns.verdicts import Judgement, Verdict
from settings.models.records import Dns

STYLES = {
    Verdict.RIGHT: "green",
    Verdict.MISSING: "red",
    Verdict.WRONG: "red",
    Verdict.DIFFERENT: "yellow",
    Verdict.UNKNOWN: "yellow",
}
HOSTS = {
    "godaddy": "GoDaddy appends {zone} to each name; @ is {zone} itself.",
    "namecheap": "Namecheap appends {zone} to each name; @ is {zone} itself. "
    "MX records need “Custom MX” under Mail Settings.",
    "gandi": "Gandi appends {zone} to each name, and to a target that does not end with a dot; "
    "@ is {zone} itself.",
    "cloudflare": "Cloudflare appends {zone} to each name; @ is {zone} itself. "
    "Set each CNAME to “DNS only”: a proxy hides it.",
}

TARGETS_END_WITH_A_DOT = ("gandi",)
"""Hosts that append the domain to a target too, unless it ends with a dot."""


@dataclass(frozen=True)
class Report:
    """What the DNS has for one domain."""

    domain: str
    findings: tuple[Finding, ...]
    not_deployed_in: tuple[str, ...] = ()
    """Regions whose records are not known yet."""
    notes: tuple[str, ...] = ()
    """What is said of the domain itself."""
    lack: str = ""
    """What the records are that are missing: not deployed or not known yet, and why."""

    @property
    def right(self) -> int:
        """How many records are right."""
        return sum(finding.verdict is Verdict.RIGHT for finding in self.findings)

    @property
    def status(self) -> int:
        """The exit status: 0 all right, 1 something to do, 3 nobody answered for the rest."""
        verdicts = {finding.verdict for finding in self.findings}
        if verdicts & {Verdict.MISSING, Verdict.WRONG, Verdict.DIFFERENT}:
            return 1
        return 3 if Verdict.UNKNOWN in verdicts else 0

    @property
    def servers(self) -> list[str]:
        """Who was asked."""
        return list(dict.fromkeys(name for finding in self.findings for name in finding.by_server))

    def as_dict(self) -> dict[str, object]:
        """Return all of it, for JSON."""
        return {
            "domain": self.domain,
            "not_deployed_in": list(self.not_deployed_in),
            "right": self.status == 0 and bool(self.findings),
            "asked": self.servers,
            "notes": list(self.notes),
            "records": [_finding(finding) for finding in self.findings],
        }


def _finding(finding: Finding) -> dict[str, object]:
    record, judged = finding.record, finding.judgement
    return {
        "purpose": record.purpose.value,
        "type": record.type,
        "name": record.name,
        "value": record.value,
        "priority": record.priority,
        "owner": record.owner,
        "verdict": judged.verdict.value,
        "found": list(judged.found),
        "remarks": list(judged.remarks),
        "servers": {server: _heard(heard) for server, heard in finding.by_server.items()},
    }


def _heard(heard: Judgement) -> dict[str, object]:
    return {"verdict": heard.verdict.value, "found": list(heard.found)}


def records(
    console: Console,
    domain: str,
    dns: Dns,
    found: Sequence[Record],
    zone: str | None,
    *,
    dots: bool,
) -> None:
    """Print a domain's records, and then those that somebody else has to add."""
    console.print(Text(f"DNS records of {domain}", style="bold"))
    if dns.route53_zone:
        console.print(f"The stack made them in the hosted zone {dns.route53_zone}.", markup=False)
    elif zone is not None and dns.host in HOSTS:
        console.print(HOSTS[dns.host].format(zone=zone), markup=False, soft_wrap=True)
    _table(console, [record for record in found if record.owner is None], zone, dots=dots)
    for owner in dict.fromkeys(record.owner for record in found if record.owner):
        console.print(
            Text(f"\nFor the owner of {owner}, who takes the DMARC reports", style="bold")
        )
        console.print(
            "Receivers send no reports there without it. Names are complete.", markup=False
        )
        _table(console, [record for record in found if record.owner == owner], None, dots=False)


def _table(console: Console, records: Sequence[Record], zone: str | None, *, dots: bool) -> None:
    rows = [
        (record.purpose.value, kind, name, priority, value)
        for record in records
        for kind, name, value, priority in [cells(record, zone, dots=dots)]
    ]
    table(console, ("For", "Type", "Name", "Priority", "Value"), rows)


def check(console: Console, reports: Sequence[Report]) -> None:
    """Print each record's verdict, what is there where it is not right, and what to do."""
    for report in reports:
        not_deployed(console, report.domain, report.not_deployed_in, report.lack)
        if not report.findings:
            continue
        count = len(report.findings)
        summary = "every record is right" if report.right == count else "not every record is right"
        console.print(Text(f"{report.domain}: {summary} ({report.right} of {count})", style="bold"))
        console.print(Text(f"Asked: {', '.join(report.servers)}"))
        for note in report.notes:
            console.print(Text(note, style="red"))
        console.print()
        for finding in report.findings:
            _print(console, finding)
        console.print()


def not_deployed(console: Console, domain: str, regions: Sequence[str], lack: str) -> None:
    """Say where a domain's records are not known yet, and why."""
    if regions:
        text = f"The records of {domain} in {', '.join(regions)} are {lack}."
        console.print(Text(text, style="yellow"))


def _print(console: Console, finding: Finding) -> None:
    record, verdict = finding.record, finding.verdict
    line = Text("  ")
    line.append(f"{verdict.value:<11}", style=STYLES[verdict])
    line.append(f"{record.purpose.value:<18}{record.type:<7}{record.name}")
    console.print(line)
    for detail in _details(finding):
        console.print(Text(f"{'':13}{detail}"))


def _details(finding: Finding) -> Iterator[str]:
    needed = finding.record.answer
    if finding.verdict is Verdict.WRONG:
        yield from (f"there is: {value}" for value in finding.judgement.found)
    if finding.verdict is not Verdict.RIGHT and needed not in finding.judgement.found:
        yield f"needed:   {needed}"
    yield from finding.judgement.remarks
