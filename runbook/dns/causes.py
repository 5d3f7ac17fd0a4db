"""What a second question tells: why a record is not there, and what stands behind one that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from runbook.dns import dkim_key, dmarc, policy, spf
from runbook.dns.check import Finding, Network
from runbook.dns.judging import judge
from runbook.dns.records import Purpose, Record
from runbook.dns.verdicts import Judgement, Verdict


def explain(findings: Sequence[Finding], network: Network, domain: str) -> list[Finding]:
    """Add to each finding what a further look tells; a record that cannot be read becomes wrong."""
    return [_explained(finding, network, domain) for finding in findings]


def undelegated(network: Network, domain: str) -> tuple[str, ...]:
    """Say so where only a top-level domain's servers could be asked."""
    zone = network.zone(domain)
    if network.alone or "." in zone or not network.name_servers(domain):
        return ()
    return (f"No name server has {domain}: it is not registered, or not delegated.",)


def _explained(finding: Finding, network: Network, domain: str) -> Finding:
    record, judged = finding.record, finding.judgement
    if judged.verdict is Verdict.MISSING:
        more = Judgement(judged.verdict, (), tuple(_missing(record, network, domain)))
    elif judged.verdict in (Verdict.RIGHT, Verdict.WRONG) and len(judged.found) == 1:
        more = _read(record, judged, network)
    else:
        return finding
    worse = more.verdict if judged.verdict is Verdict.RIGHT else judged.verdict
    remarks = (*judged.remarks, *more.remarks)
    return replace(finding, judgement=Judgement(worse, judged.found, remarks))


def _read(record: Record, judged: Judgement, network: Network) -> Judgement:
    """Read the record that is there as a receiver does."""
    lookups = network.resolver.lookups
    match record.purpose:
        case Purpose.DKIM if judged.verdict is Verdict.RIGHT:
            key = dkim_key.describe(network.resolver.ask(record.name, "TXT"))
            return Judgement(judged.verdict, (), (key,))
        case Purpose.SPF | Purpose.MAIL_FROM_SPF if spf.is_spf(judged.found[0]):
            # Counted as it will be: one that lacks SES takes more look-ups once it has it.
            value = spf.merged(judged.found, record.value)
            return spf.count(value, record.name, lookups)
        case Purpose.DMARC if dmarc.is_dmarc(judged.found[0]):
            domain = record.name.removeprefix("_dmarc.")
            return dmarc.syntax(judged.found[0], domain, lookups)
    return Judgement(judged.verdict)


def _missing(record: Record, network: Network, domain: str) -> Iterator[str]:
    """Look where a record that is missing commonly stands instead."""
    for zone in _zones(record, network, domain):
        misplaced = replace(record, name=f"{record.name}.{zone}")
        source = next(iter(network.name_servers(record.name)), network.resolver)
        answer = network.ask(source, misplaced)
        if judge(record, answer).verdict is Verdict.RIGHT:
            yield (
                f"It stands at {misplaced.name}: the host appends {zone} by itself. "
                f"Name it {record.name_in(zone)} there."
            )
            return
    if record.purpose is Purpose.DKIM:
        yield from _hidden(record, network)
    if record.purpose is Purpose.DMARC:
        yield from _from_above(network, domain)
    if record.owner:
        yield (
            f"Receivers send no reports there without it. Ask the owner of {record.owner} to add "
            "it, or send the reports elsewhere."
        )


def _zones(record: Record, network: Network, domain: str) -> Iterator[str]:
    """Yield what a host may have appended: the zone that it keeps, or the domain."""
    zone = network.zone(record.name)
    yield from dict.fromkeys(filter(None, (zone, domain)))


def _hidden(record: Record, network: Network) -> Iterator[str]:
    """A proxy that answers for a name hides its CNAME; a pasted key stands there as TXT."""
    if network.resolver.ask(record.name, "A").values:
        yield (
            "There is an address instead: a proxy answers for the name. Set the record to "
            "“DNS only”."
        )
    elif network.resolver.ask(record.name, "TXT").values:
        yield "There is a TXT record instead: SES changes its keys, so it must be a CNAME."


def _from_above(network: Network, domain: str) -> Iterator[str]:
    try:
        found = policy.walk(domain, lambda name: network.resolver.ask(name, "TXT"))
    except policy.WalkError:
        return
    above = policy.applying(domain, found)
    if above:
        applies = dmarc.policies(above.tags)["sp"]
        yield f"Until then the record of {above.domain} applies: {applies}."
