"""DMARC: one record, what it says, and whether that is what the file asks for (RFC 9989)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from runbook.dns.verdicts import Judgement, Verdict

if TYPE_CHECKING:
    import dns.resolver

_DMARC = re.compile(r"v\s*=\s*DMARC1\s*(;|$)", re.IGNORECASE)
_NAMES = {
    "p": "the policy (p)",
    "sp": "the policy for subdomains (sp)",
    "np": "the policy for subdomains that do not exist (np)",
    "t": "testing (t)",
}


def is_dmarc(value: str) -> bool:
    """Whether receivers take a TXT value for DMARC."""
    return _DMARC.match(value) is not None


def tags(value: str) -> dict[str, str]:
    """Read a record's tags. The first of each counts; what is no tag is left out."""
    found: dict[str, str] = {}
    for part in value.split(";"):
        name, equals, text = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), text.strip())
    return found


def policies(found: Mapping[str, str]) -> dict[str, str]:
    """Return p, sp, np and t as receivers read them: each falls back on the one before."""
    policy = found.get("p", "none").lower()
    subdomains = found.get("sp", policy).lower()
    return {
        "p": policy,
        "sp": subdomains,
        "np": found.get("np", subdomains).lower(),
        "t": found.get("t", "n").lower(),
    }


def reports_to(found: Mapping[str, str]) -> tuple[str, ...]:
    """Return where a record's aggregate reports go, as it writes them."""
    return tuple(uri.strip() for uri in found.get("rua", "").split(",") if uri.strip())


def judge(values: tuple[str, ...], expected: str) -> Judgement:
    """Compare the TXT values at `_dmarc` with the record that the domain needs."""
    found = tuple(value for value in values if is_dmarc(value))
    if not found:
        return _none(values)
    if len(found) > 1:
        says = f"There are {len(found)} DMARC records: receivers then apply none. Keep one."
        return Judgement(Verdict.WRONG, found, (says,))
    live, needed = tags(found[0]), tags(expected)
    differences = tuple(_differences(live, needed))
    if differences:
        return Judgement(Verdict.WRONG, found, (*differences, f"Replace it by: {expected}"))
    return Judgement(Verdict.RIGHT, found, tuple(_more(live, needed)))


def judge_consent(values: tuple[str, ...]) -> Judgement:
    """Look for another organization's word that it takes reports about the domain."""
    found = tuple(value for value in values if is_dmarc(value))
    return Judgement(Verdict.RIGHT if found else Verdict.MISSING, found)


def _none(values: tuple[str, ...]) -> Judgement:
    near = tuple(value for value in values if is_dmarc(value.strip(' "')))
    if near:
        says = "It does not begin with v=DMARC1: no quotes, no space before it."
        return Judgement(Verdict.WRONG, near, (says,))
    return Judgement(Verdict.MISSING)


def _differences(live: Mapping[str, str], needed: Mapping[str, str]) -> Iterator[str]:
    there, wanted = policies(live), policies(needed)
    for tag, name in _NAMES.items():
        if there[tag] != wanted[tag]:
            yield f"There, {name} is {there[tag]}; it must be {wanted[tag]}."
    known = {uri.lower() for uri in reports_to(live)}
    lacking = [uri for uri in reports_to(needed) if uri.lower() not in known]
    if lacking:
        yield f"It sends no reports to {', '.join(lacking)}."


def _more(live: Mapping[str, str], needed: Mapping[str, str]) -> Iterator[str]:
    known = {uri.lower() for uri in reports_to(needed)}
    more = [uri for uri in reports_to(live) if uri.lower() not in known]
    if more:
        yield f"It sends reports to {', '.join(more)} as well, which the file does not name."
    tighter = [f"{tag}={live[tag]}" for tag in ("adkim", "aspf", "ruf", "fo") if tag in live]
    if tighter:
        yield f"It says {', '.join(tighter)} as well, which the file does not have."


def syntax(value: str, domain: str, lookups: dns.resolver.Resolver) -> Judgement:
    """Read a record as RFC 9989 says, and say whether its addresses take mail.

    checkdmarc keeps every answer in the process by its name alone, whoever gave it: that memory is
    emptied first. The consent of other organizations is a record of its own in the report.
    """
    from checkdmarc import utils
    from checkdmarc.dmarc import DMARCError, parse_dmarc_record

    utils.DNS_CACHE.clear()
    try:
        parsed = parse_dmarc_record(value, domain, resolver=lookups)
    except DMARCError as error:
        return Judgement(Verdict.WRONG, (value,), (_sentence(str(error)),))
    warnings = (text for text in parsed["warnings"] if not _said_elsewhere(text))
    return Judgement(Verdict.RIGHT, (value,), tuple(map(_sentence, warnings)))


def _said_elsewhere(warning: str) -> bool:
    """Whether the file decided it, or another line of the report has it."""
    return any(
        part in warning
        for part in ("makes DMARC unenforced", "rua tag", "does not indicate that it accepts")
    )


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
