"""Which DMARC record applies to a domain, and which domains are one organization's.

Both are found by walking up the tree of names, asking `_dmarc` at each (RFC 9989, section 4.10).
No list of public suffixes is needed; at most eight names are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from runbook.dns.answers import Answer
from runbook.dns.dmarc import is_dmarc, tags

QUERIES = 8
"""How many names a walk asks at most."""

Ask = Callable[[str], Answer]
"""Answers TXT for a name."""


@dataclass(frozen=True)
class Found:
    """A record on the way up, and the name below which it stands."""

    domain: str
    tags: dict[str, str]


class WalkError(Exception):
    """A name server did not answer, so that the policy is not known."""


def walk(domain: str, ask: Ask) -> list[Found]:
    """Return the records at a domain and above it, the nearest first.

    The walk ends at a record that says whether it is a public suffix's (`psd=n`, `psd=y`).
    """
    found = []
    for name in _names(domain):
        answer = ask(f"_dmarc.{name}")
        if answer.failure:
            raise WalkError(f"_dmarc.{name}: {answer.failure}")
        records = [value for value in answer.values if is_dmarc(value)]
        if len(records) == 1:
            found.append(Found(name, tags(records[0])))
            if found[-1].tags.get("psd", "").lower() in ("n", "y"):
                break
    return found


def _names(domain: str) -> Iterator[str]:
    """Yield the domain and its parents; of a very long name, the last seven labels onwards."""
    labels = domain.lower().rstrip(".").split(".")
    yield ".".join(labels)
    start = 1 if len(labels) <= QUERIES else len(labels) - (QUERIES - 1)
    for at in range(start, len(labels)):
        yield ".".join(labels[at:])


def organization(domain: str, found: list[Found]) -> str:
    """Return the organizational domain, given the records of the walk from a domain."""
    for record in found:
        says = record.tags.get("psd", "").lower()
        if says == "n":
            return record.domain
        if says == "y" and record.domain != domain:
            return ".".join(domain.split(".")[-(record.domain.count(".") + 2) :])
    return found[-1].domain if found else domain


def applying(domain: str, found: list[Found]) -> Found | None:
    """Return the record that applies: the domain's, its organization's or its public suffix's."""
    above = organization(domain, found)
    for name in (domain, above):
        for record in found:
            if record.domain == name:
                return record
    return found[-1] if found else None


def aligned(identifier: str, author: str, mode: str, ask: Ask) -> bool:
    """Whether a domain that was proven speaks for the author's: the same, or (`r`) its kin."""
    identifier, author = identifier.lower().rstrip("."), author.lower().rstrip(".")
    if identifier == author:
        return True
    if mode == "s":
        return False
    return organization(identifier, walk(identifier, ask)) == organization(
        author, walk(author, ask)
    )
