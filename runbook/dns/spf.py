"""SPF: one record, what it must have, and what it would be with that.

A domain has one SPF record. Two are a permanent error, for which receivers treat mail as if there
was none; so a record that is there is extended, and never has a second one put beside it.
<https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-spf.html>
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook.dns.verdicts import Judgement, Verdict

if TYPE_CHECKING:
    import dns.resolver

LOOKUPS = 10
"""How many look-ups a receiver makes for one record, those of its includes among them."""
_ENDING = re.compile(r"[+?~-]?all", re.IGNORECASE)


@dataclass(frozen=True)
class Spf:
    """A record's terms, in order, up to the one that decides about everybody else."""

    terms: tuple[str, ...]
    ending: str
    """`~all`, or `redirect=…`, or nothing."""

    def __str__(self) -> str:
        return " ".join(filter(None, ("v=spf1", *self.terms, self.ending)))


def is_spf(value: str) -> bool:
    """Whether receivers take a TXT value for SPF (RFC 7208, section 4.5)."""
    return value.lower() == "v=spf1" or value.lower().startswith("v=spf1 ")


def parse(value: str) -> Spf:
    """Read a record. Receivers read nothing behind `all`; before it, `redirect=` has no effect."""
    terms: list[str] = []
    redirect = ""
    for term in value.split()[1:]:
        if _ENDING.fullmatch(term):
            return Spf(tuple(terms), term.lower())
        if term.lower().startswith("redirect="):
            redirect = term
        else:
            terms.append(term)
    return Spf(tuple(terms), redirect)


def merged(values: Iterable[str], expected: str) -> str:
    """Return the one record that says what all of these say, and what is expected.

    The first one's ending stays. `redirect=` of another becomes an include, which allows the same.
    """
    records = [parse(value) for value in (*values, expected)]
    ending = records[0].ending or records[-1].ending
    terms: dict[str, str] = {}
    for record in records:
        for term in record.terms:
            terms.setdefault(_same(term), term)
        if record.ending.lower().startswith("redirect=") and record.ending != ending:
            include = f"include:{record.ending[len('redirect=') :]}"
            terms.setdefault(_same(include), include)
    return str(Spf(tuple(terms.values()), ending))


def judge(values: tuple[str, ...], expected: str) -> Judgement:
    """Compare the TXT values at a name with the record that the domain needs."""
    found = tuple(value for value in values if is_spf(value))
    if not found:
        return _none(values)
    if len(found) > 1:
        return Judgement(
            Verdict.WRONG,
            found,
            (
                f"There are {len(found)} SPF records: receivers take that for an error, and none "
                "of them counts.",
                f"Replace them all by this one: {merged(found, expected)}",
            ),
        )
    live, needed = parse(found[0]), parse(expected)
    has = {_same(term) for term in live.terms}
    lacking = [term for term in needed.terms if _same(term) not in has]
    if lacking:
        return Judgement(
            Verdict.WRONG,
            found,
            (
                f"It lacks {' '.join(lacking)}.",
                f"Replace it by: {merged(found, expected)}",
                *_not_in_file(live, needed),
            ),
        )
    if live.ending in ("all", "+all"):
        says = f"{live.ending} lets everybody send for the domain: write {needed.ending or '~all'}."
        return Judgement(Verdict.WRONG, found, (says,))
    return Judgement(Verdict.RIGHT, found, (*_not_in_file(live, needed), *_ending(live, needed)))


def _none(values: tuple[str, ...]) -> Judgement:
    near = tuple(value for value in values if is_spf(value.strip(' "')))
    if near:
        says = "It does not begin with v=spf1 and a space: no quotes, no space before it."
        return Judgement(Verdict.WRONG, near, (says,))
    return Judgement(Verdict.MISSING)


def _not_in_file(live: Spf, needed: Spf) -> Iterator[str]:
    known = {_same(term) for term in needed.terms}
    more = [term for term in live.terms if _same(term) not in known]
    if more:
        yield f"Add what it has already to the file: spf: {{keep: [{_listed(more)}]}}"


def _ending(live: Spf, needed: Spf) -> Iterator[str]:
    if live.ending.lower() != needed.ending.lower():
        yield f"It ends with {live.ending or 'nothing'}; the file says {needed.ending}."


def _listed(terms: Iterable[str]) -> str:
    return ", ".join(f'"{term}"' for term in terms)


def _same(term: str) -> str:
    """Write a term so that two that mean the same are equal."""
    return re.sub(r"^(ip4:[0-9.]+)/32$", r"\1", term.lower().removeprefix("+").removesuffix("."))


def count(value: str, domain: str, lookups: dns.resolver.Resolver) -> Judgement:
    """Follow a record's includes, and say what receivers would make of it.

    checkdmarc keeps every answer in the process by its name alone, whoever gave it: that memory is
    emptied first, so that it is this resolver that answers.
    """
    from checkdmarc import utils
    from checkdmarc.spf import SPFError, parse_spf_record

    utils.DNS_CACHE.clear()
    try:
        parsed = parse_spf_record(
            value, domain, ignore_too_many_lookups=True, resolver=lookups, retries=0
        )
    except SPFError as error:
        return Judgement(_blame(error), (value,), (_sentence(str(error.args[0])),))
    used = f"That takes {parsed['dns_lookups']} of the {LOOKUPS} look-ups that receivers make."
    if "error" in parsed:
        return Judgement(Verdict.WRONG, (value,), (_sentence(str(parsed["error"])),))
    return Judgement(Verdict.RIGHT, (value,), (used, *map(_sentence, parsed["warnings"])))


def _blame(error: Exception) -> Verdict:
    """Tell a record that is wrong from an include that nobody answered for."""
    import dns.exception

    cause = getattr(error.__cause__, "error", None)
    return Verdict.UNKNOWN if isinstance(cause, dns.exception.DNSException) else Verdict.WRONG


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
