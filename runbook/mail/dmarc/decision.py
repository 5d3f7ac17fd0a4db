"""DMARC of one message: it passes when any one aligned signature does, or aligned SPF."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from runbook.dns.answers import Answer
from runbook.dns.dmarc import policies
from runbook.dns.policy import WalkError, aligned, applying, walk
from runbook.dns.servers import Resolver
from runbook.mail.dmarc import envelope, signatures
from runbook.mail.dmarc.arc import Arc, arc_of
from runbook.mail.dmarc.envelope import SpfResult
from runbook.mail.dmarc.message import Received
from runbook.mail.dmarc.signatures import Result, Signature

TREATMENTS = ("none", "quarantine", "reject")
"""What a policy can ask for. Receivers take a mistake for none."""


@dataclass(frozen=True)
class Policy:
    """The DMARC record that applies to the author's domain."""

    domain: str
    """Where the record stands: at the domain itself, or above it."""
    treatment: str
    """What it asks for mail that fails: none, quarantine or reject."""
    testing: bool
    dkim: str
    spf: str
    """How exactly domains must agree: `r` relaxed, `s` strict."""


@dataclass(frozen=True)
class Decision:
    """What a receiver makes of the message, and all that it rests on."""

    author: str
    result: Result
    policy: Policy | None
    signatures: tuple[tuple[Signature, bool], ...]
    """Each with whether it is aligned with the author's domain."""
    spf: SpfResult
    spf_aligned: bool
    arc: Arc | None
    remarks: tuple[str, ...]
    policy_is_known: bool = True
    """Whether the name servers said which record applies, and so what is aligned."""


def decide(message: Received, resolver: Resolver, trusted: str | None) -> Decision:
    """Verify everything, and decide. Raise `UserError` without exactly one author's domain."""
    author = message.author()
    ask = cache(lambda name: resolver.ask(name, "TXT"))
    spf = envelope.check(message, resolver, trusted)
    found = signatures.verify(message.data, resolver)
    arc = arc_of(message.data, resolver)
    try:
        policy = _policy(author, resolver, ask)
        modes = (policy.dkim, policy.spf) if policy else ("r", "r")
        judged = tuple((one, aligned(one.domain, author, modes[0], ask)) for one in found)
        spf_aligned = bool(spf.domain) and aligned(spf.domain, author, modes[1], ask)
    except WalkError as error:
        why = (f"The policy is not known: {error}.",)
        unknown = tuple((one, False) for one in found)
        return Decision(author, Result.TEMPERROR, None, unknown, spf, False, arc, why, False)
    result = _result(judged, spf, spf_aligned)
    remarks = tuple(_remarks(message, author, result, judged, spf, spf_aligned))
    return Decision(author, result, policy, judged, spf, spf_aligned, arc, remarks)


def _policy(author: str, resolver: Resolver, ask: Callable[[str], Answer]) -> Policy | None:
    found = applying(author, walk(author, ask))
    if found is None:
        return None
    says = policies(found.tags)
    kind = "p"
    if found.domain != author:
        kind = "sp" if _exists(author, resolver) else "np"
    return Policy(
        found.domain,
        says[kind] if says[kind] in TREATMENTS else "none",
        says["t"] == "y",
        _mode(found.tags.get("adkim", "")),
        _mode(found.tags.get("aspf", "")),
    )


def _mode(value: str) -> str:
    """Read an alignment mode: what is not `s` is `r`, mistakes as well."""
    return "s" if value.lower() == "s" else "r"


def _exists(domain: str, resolver: Resolver) -> bool:
    """Whether mail could come from a domain: RFC 9989 takes one without these for missing."""
    return any(
        answer.values or answer.failure
        for answer in (resolver.ask(domain, kind) for kind in ("MX", "A", "AAAA"))
    )


def _result(
    judged: tuple[tuple[Signature, bool], ...], spf: SpfResult, spf_aligned: bool
) -> Result:
    results = [one.result for one, is_aligned in judged if is_aligned]
    if spf_aligned:
        results.append(spf.result)
    if Result.PASS in results:
        return Result.PASS
    return Result.TEMPERROR if Result.TEMPERROR in results else Result.FAIL


def _remarks(
    message: Received,
    author: str,
    result: Result,
    judged: tuple[tuple[Signature, bool], ...],
    spf: SpfResult,
    spf_aligned: bool,
) -> Iterator[str]:
    by_spf = spf_aligned and spf.result is Result.PASS
    signs = list(message.forwarded())
    if signs and not by_spf:
        yield (
            f"It was forwarded, or came through a list: {', '.join(signs)}. SPF then speaks of "
            "the forwarder; a DKIM signature counts as long as nothing signed is changed."
        )
    own = [one for one, is_aligned in judged if is_aligned]
    if not own and any(one.is_of_ses for one, _ in judged):
        yield (
            f"SES signed for itself alone, not for {author}: its DKIM records are missing, or "
            f"SES has not verified them yet. See: groundwork dns check {author}"
        )
    if spf.domain == signatures.SES or spf.domain.endswith(f".{signatures.SES}"):
        yield (
            "The envelope is SES's own: no MAIL FROM domain is set, or its records were missing "
            "when the message was sent. SPF is not aligned then; DKIM alone can pass."
        )
    if result is Result.FAIL and own:
        yield "No signature for the author's domain is right: see above what happened to each."
