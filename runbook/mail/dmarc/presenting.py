"""The decision, for a person."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from runbook.mail.dmarc.decision import Decision, Policy
from runbook.mail.dmarc.signatures import Result, Signature

TREATMENTS = {
    "none": "is delivered all the same",
    "quarantine": "goes to spam",
    "reject": "is refused",
}
MILDER = {"none": "none", "quarantine": "none", "reject": "quarantine"}
"""What receivers do in testing: one step less (RFC 9989, section 4.7)."""
EXPECTED = "SES signs every message for itself as well: expected, and no fault."


def present(console: Console, decision: Decision) -> None:
    """Print the verdict, and below it each part with its reason."""
    style = {Result.PASS: "green", Result.TEMPERROR: "yellow"}.get(decision.result, "red")
    line = Text("DMARC ", style="bold")
    line.append(_WORDS[decision.result], style=style)
    console.print(line.append(f" for {decision.author}"))
    console.print()
    for signature, is_aligned in decision.signatures:
        words = _alignment(decision, is_aligned)
        _part(console, "DKIM", signature.result, signature.domain, words)
        for detail in _details(signature):
            _detail(console, detail)
    if not decision.signatures:
        console.print(Text("  DKIM  no signature"))
    words = _alignment(decision, decision.spf_aligned)
    _part(console, "SPF", decision.spf.result, decision.spf.domain, words)
    _detail(console, f"{decision.spf.source}.")
    _arc(console, decision)
    console.print()
    if decision.policy_is_known:
        console.print(Text(_policy(decision.policy, decision.author)))
    for remark in decision.remarks:
        console.print(Text(remark))


_WORDS = {
    Result.PASS: "passes",
    Result.FAIL: "fails",
    Result.TEMPERROR: "could not be decided: a name server did not answer",
}


def _alignment(decision: Decision, is_aligned: bool) -> str:
    if not decision.policy_is_known:
        return "alignment unknown"
    return "aligned" if is_aligned else "not aligned"


def _part(console: Console, kind: str, result: Result, domain: str, alignment: str) -> None:
    style = {Result.PASS: "green", Result.TEMPERROR: "yellow"}.get(result, "red")
    line = Text(f"  {kind:<6}")
    line.append(f"{result.value:<11}", style=style)
    line.append(f"{domain or '–'}, {alignment}")
    console.print(line)


def _detail(console: Console, text: str) -> None:
    console.print(Text(f"{'':19}{text}"))


def _details(signature: Signature) -> Iterator[str]:
    if signature.reason:
        yield f"{signature.reason[:1].upper()}{signature.reason[1:]}."
    if signature.is_of_ses:
        yield EXPECTED


def _arc(console: Console, decision: Decision) -> None:
    if decision.arc:
        state = "holds" if decision.arc.holds else f"is broken: {decision.arc.reason}"
        sealers = ", ".join(decision.arc.sealers) or "nobody that can be read"
        console.print(Text(f"  ARC   the chain of {sealers} {state}"))
        _detail(console, "A receiver may trust it where DMARC fails; DMARC does not rest on it.")


def _policy(policy: Policy | None, author: str) -> str:
    if policy is None:
        return f"{author} has no DMARC record: receivers go by their own rules."
    treatment = MILDER[policy.treatment] if policy.testing else policy.treatment
    testing = " (testing)" if policy.testing else ""
    modes = f"DKIM {_MODES[policy.dkim]}, SPF {_MODES[policy.spf]}"
    return (
        f"The record of {policy.domain} applies: mail that fails {TREATMENTS[treatment]}"
        f"{testing}. Alignment: {modes}. One aligned pass is enough."
    )


_MODES = {"r": "relaxed", "s": "strict"}
