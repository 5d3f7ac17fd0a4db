"""SPF of a message's envelope: decided anew, or read from a receiver whose word is trusted."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

from runbook.base.errors import UserError
from runbook.dns.servers import Resolver
from runbook.mail.dmarc.message import Envelope, Received
from runbook.mail.dmarc.signatures import Result


@dataclass(frozen=True)
class SpfResult:
    """Whether the server may send for the envelope's domain, and how that is known."""

    domain: str
    result: Result
    source: str


def check(message: Received, resolver: Resolver, trusted: str | None) -> SpfResult:
    """Return the result for the envelope, from the receiver `trusted` names if one is named."""
    if trusted is not None:
        return _written(message, trusted)
    envelope = message.envelope()
    if envelope is None:
        return SpfResult(
            "",
            Result.NONE,
            "Not known: the message does not say who handed it over, or has no Return-Path; "
            "--trust NAME reads what the receiver wrote",
        )
    return SpfResult(
        envelope.domain,
        decide(envelope, resolver),
        f"For the server {envelope.address}: from {envelope.source}",
    )


def decide(envelope: Envelope, resolver: Resolver) -> Result:
    """Decide SPF as a receiver does (RFC 7208)."""
    with _asking(resolver) as spf:
        question = spf.query(i=envelope.address, s=envelope.sender, h=envelope.helo)
        result, *_ = question.check()
    return Result(result)


@contextmanager
def _asking(resolver: Resolver) -> Iterator[ModuleType]:
    """Have pyspf ask this resolver. Its look-up is one function for the whole process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its docstrings have escapes that Python warns of
        import spf

    def look_up(name: str, kind: str, strict: object = True, timeout: float = 0) -> list[object]:
        answer = resolver.ask(name, kind)
        if answer.failure:
            raise spf.TempError(f"DNS {answer.failure}")
        return [((name, kind), _value(kind, value)) for value in answer.values]

    before, spf.DNSLookup = spf.DNSLookup, look_up
    try:
        yield spf
    finally:
        spf.DNSLookup = before


def _value(kind: str, value: str) -> object:
    """Write a value as pyspf takes it: TXT as a record's strings, MX as a pair."""
    if kind in ("TXT", "SPF"):
        return (value.encode(),)
    if kind == "MX":
        priority, host = value.split()
        return int(priority), host
    return value


def _written(message: Received, trusted: str) -> SpfResult:
    """Read the topmost Authentication-Results of one receiver. Anybody can write one: RFC 8601."""
    import authres

    names = []
    for value in message.all("Authentication-Results"):
        try:
            header = authres.AuthenticationResultsHeader.parse_value(value)
        except authres.AuthResError:
            continue
        names.append(str(header.authserv_id))
        if names[-1].lower() == trusted.lower():
            return _found(header.results, trusted)
    known = ", ".join(dict.fromkeys(names)) or "none that can be read"
    raise UserError(
        f"The message has no Authentication-Results of {trusted}.", f"It has those of: {known}"
    )


def _found(results: list[object], trusted: str) -> SpfResult:
    source = f"From what {trusted} wrote into Authentication-Results"
    for entry in results:
        if getattr(entry, "method", "") == "spf":
            names = {found.name: str(found.value) for found in getattr(entry, "properties", ())}
            sender = names.get("mailfrom") or names.get("helo") or ""
            domain = sender.rpartition("@")[2].lower().rstrip(".")
            return SpfResult(domain, Result(str(getattr(entry, "result", "none"))), source)
    return SpfResult("", Result.NONE, f"{source}: nothing of SPF")
