"""The records that a domain needs, compared with what the DNS answers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache

from runbook.dns.answers import Answer
from runbook.dns.judging import judge
from runbook.dns.records import Record
from runbook.dns.servers import NameServer, Resolver, Source, name_servers_of
from runbook.dns.verdicts import Judgement, Verdict

AT_ONCE = 16
"""How many records are asked for at the same time."""


@dataclass(frozen=True)
class Finding:
    """What the DNS has for one record."""

    record: Record
    judgement: Judgement
    by_server: dict[str, Judgement]
    """What each server that was asked said."""

    @property
    def verdict(self) -> Verdict:
        return self.judgement.verdict


class Network:
    """Whom to ask: the name servers of each name's zone, and a resolver; or one server alone."""

    def __init__(self, resolver: Resolver, *, alone: bool = False, port: int = 53) -> None:
        self.resolver = resolver
        self.alone = alone
        self._port = port
        self._zone_of = cache(self._find)

    def name_servers(self, name: str) -> list[NameServer]:
        """Return the name servers of the zone that a name is in."""
        return [] if self.alone else self._zone_of(name)[1]

    def zone(self, name: str) -> str:
        """Return the zone that a name is in; empty when only one server is asked."""
        return "" if self.alone else self._zone_of(name)[0]

    def _find(self, name: str) -> tuple[str, list[NameServer]]:
        return name_servers_of(name, self.resolver, self._port)

    def ask(self, source: Source, record: Record) -> Answer:
        """Ask one server, and the resolver where the server only says that the name is an alias."""
        answer = source.ask(record.name, record.type)
        if answer.alias and not answer.values and source is not self.resolver:
            return self.resolver.ask(answer.alias, record.type)
        return answer


def compare(records: Sequence[Record], network: Network) -> list[Finding]:
    """Ask for every record at every server, in the records' order."""
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return list(pool.map(lambda record: _compare(record, network), records))


def _compare(record: Record, network: Network) -> Finding:
    sources: list[Source] = [*network.name_servers(record.name), network.resolver]
    heard = {source.label: judge(record, network.ask(source, record)) for source in sources}
    last = network.resolver.label
    at_zone = {label: judged for label, judged in heard.items() if label != last}
    return Finding(record, _together(at_zone, heard[last], last), heard)


def _together(at_zone: dict[str, Judgement], resolver: Judgement, label: str) -> Judgement:
    """Make one verdict of what the zone's name servers and the resolver say."""
    known = {server: judged for server, judged in at_zone.items() if _is_known(judged)}
    silent = tuple(
        f"{server} {judged.remarks[0]}."
        for server, judged in {**at_zone, label: resolver}.items()
        if not _is_known(judged)
    )
    if not known:
        return replace(resolver, remarks=silent if not _is_known(resolver) else resolver.remarks)
    judged = _agreed(known)
    if judged.verdict is Verdict.RIGHT and resolver.verdict is not Verdict.RIGHT:
        judged = _not_everywhere(judged, resolver, label)
    return replace(judged, remarks=(*judged.remarks, *silent))


def _agreed(known: dict[str, Judgement]) -> Judgement:
    """Take what all name servers say, or name what each has."""
    first = next(iter(known.values()))
    if all(judged.verdict is first.verdict for judged in known.values()):
        return first
    has = (f"{server} has {_listed(judged.found)}." for server, judged in known.items())
    return Judgement(Verdict.DIFFERENT, (), tuple(has))


def _not_everywhere(judged: Judgement, resolver: Judgement, label: str) -> Judgement:
    """The zone is right, and what others see of it is not: not yet, or not at all."""
    if not _is_known(resolver):
        says = (
            f"The zone's name servers have it, but {label} {resolver.remarks[0]}: "
            "receivers may not see it. Check the zone's DNSSEC and delegation."
        )
        return Judgement(Verdict.UNKNOWN, judged.found, (says,))
    says = (
        f"The zone's name servers have it, but {label} has {_listed(resolver.found)} "
        "until the time to live of what it heard is over."
    )
    return Judgement(Verdict.DIFFERENT, judged.found, (says,))


def _listed(found: tuple[str, ...]) -> str:
    return " and ".join(found) or "nothing"


def _is_known(judged: Judgement) -> bool:
    return judged.verdict is not Verdict.UNKNOWN
