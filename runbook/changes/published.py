"""DNS records of mail that protect less: DMARC and SPF, as outputs have them and as Route 53 does.

<https://datatracker.ietf.org/doc/html/rfc7489#section-6.3>, <https://www.rfc-editor.org/rfc/rfc7208#section-5.1>
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from runbook.changes.parts import Danger, Finding
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import bare, named_text
from settings.contract import Output

_DMARC = ("none", "quarantine", "reject")
_SPF = ("+all", "?all", "~all", "-all")


def of_records(before: Reading, after: Reading) -> Iterator[Finding]:
    """Yield the records that ask receivers for less, let others send, or answer no longer."""
    places = {**before.places(), **after.places()}
    old, new = _policies(before), _policies(after)
    elsewhere = {(name, policy): texts for (_, name, policy), texts in new.items()}
    for where, name, policy in sorted({*old, *new}):
        was = old.get((where, name, policy), [])
        becomes = new.get((where, name, policy), elsewhere.get((name, policy), []))
        for words in _compared(policy, was, becomes):
            place = places.get(where, where)
            yield Finding(danger=Danger.WEAKENED, place=place, text=f"{name}: {words}")
    answers = {*_answers(after)}
    gone = {one: where for one, where in _answers(before).items() if one not in answers}
    for (name, kind, value), where in sorted(gone.items()):
        text = f"{name}: the DNS no longer answers {kind} {named_text(value, places)}"
        yield Finding(danger=Danger.INTERRUPTS, place=places[where], text=bare(text))


def _policies(version: Reading) -> dict[tuple[str, str, str], list[str]]:
    """Return the texts of SPF and DMARC by where they stand, by name, and by which they are."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for where, name, text in (*_listed(version), *_hosted(version)):
        if policy := _policy(text):
            found[where, name, policy].append(text)
    return found


def _listed(version: Reading) -> Iterator[tuple[str, str, str]]:
    """Yield the TXT records of outputs, which somebody enters at a DNS provider."""
    for key, output in version.outputs.items():
        value = output.get("Value") if isinstance(output, dict) else None
        lines = str(value).splitlines() if key.endswith(Output.DNS_RECORDS) else ()
        for kind, name, text in (line.split("\t")[:3] for line in lines if line.count("\t") >= 2):
            if kind == "TXT":
                yield key, name, _joined(text)


def _hosted(version: Reading) -> Iterator[tuple[str, str, str]]:
    """Yield the TXT records of Route 53."""
    for (name, kind, value), where in _answers(version, texts=True).items():
        if kind == "TXT":
            yield where, name, _joined(value)


def _answers(version: Reading, *, texts: bool = False) -> dict[tuple[str, str, str], str]:
    """Return what Route 53 answers, by name, type and value, with the resource that says so."""
    found = {}
    for where, resource in version.resources.items():
        properties = resource.get("Properties", {})
        name, kind = str(properties.get("Name")), str(properties.get("Type"))
        if resource["Type"] == "AWS::Route53::RecordSet" and (texts or kind != "TXT"):
            for value in properties.get("ResourceRecords", ()):
                found[name, kind, str(value)] = where
    return found


def _joined(text: str) -> str:
    """Return what a TXT record says: its strings one after the other, as receivers read them."""
    return re.sub(r'"\s+"', "", text.strip()).strip('"')


def _policy(text: str) -> str:
    """Tell which policy of mail a text is, if it is one."""
    first = text.replace(";", " ").partition(" ")[0]
    if first in ("v=DMARC1", "v=DKIM1"):
        return first[2:-1]
    return "SPF" if first.lower() == "v=spf1" else ""


def _compared(policy: str, before: list[str], after: list[str]) -> Iterator[str]:
    """Yield what is weaker. A name has one record of each: of several, receivers take none.

    <https://www.rfc-editor.org/rfc/rfc7208#section-4.5>
    """
    if len(after) > 1 >= len(before):
        yield f"{len(after)} {policy} records, of which receivers take none"
    elif before and not after:
        yield f"the record is gone ({before[0]})"
    elif policy == "DKIM" and before and before != after:
        yield "mail is checked with another key (DKIM)"
    elif len(after) == 1 == len(before):
        yield from _asks_for_less(before[0], after[0])
        yield from _lets_others_send(before[0], after[0])
    elif len(after) == 1 and _ending(after[0]) in _SPF[:2]:
        yield f"everybody may send (SPF {_ending(after[0])})"


def _asks_for_less(before: str, after: str) -> Iterator[str]:
    """Compare two policies of DMARC. A tag that is gone has its default; an odd one is none."""
    for tag in ("p", "sp", "np"):
        was, becomes = (_tag(text, tag) for text in (before, after))
        said = any(re.search(rf";\s*{tag}\s*=", text) for text in (before, after))
        if said and _asked(becomes) < _asked(was):
            yield f"receivers are asked for less (DMARC {tag}={was} → {tag}={becomes})"
    if _percent(after) < _percent(before):
        shares = f"pct={_percent(before)} → pct={_percent(after)}"
        yield f"receivers are asked about fewer messages (DMARC {shares})"
    for tag in ("adkim", "aspf"):
        if _tag(before, tag) == "s" != _tag(after, tag):
            yield f"mail of subdomains passes as well (DMARC {tag}=s → {tag}=r)"
    for tag in ("rua", "ruf"):
        if more := sorted(_receivers(after, tag) - _receivers(before, tag)):
            yield f"reports go to {', '.join(more)} (DMARC {tag})"
    if _tag(after, "t") == "y" and _tag(before, "t") != "y":
        yield "receivers are asked to try it only (DMARC t=y)"


def _lets_others_send(before: str, after: str) -> Iterator[str]:
    was, becomes = (_ending(text) for text in (before, after))
    if was in _SPF and (becomes not in _SPF or _SPF.index(becomes) < _SPF.index(was)):
        yield f"others may send (SPF {was} → {becomes or 'without an end'})"
    if more := sorted(_senders(after) - _senders(before)):
        yield f"others may send (SPF {' '.join(more)})"


def _tag(text: str, tag: str) -> str:
    found = re.search(rf";\s*{tag}\s*=\s*([^\s;]*)", text)
    fallback = {"np": "sp", "sp": "p"}.get(tag)
    return found[1].lower() if found else _tag(text, fallback) if fallback else ""


def _receivers(text: str, tag: str) -> set[str]:
    """Return to whom reports go: blanks may stand between them."""
    found = re.search(rf";\s*{tag}\s*=([^;]*)", text)
    return {one.strip().lower() for one in found[1].split(",")} - {""} if found else set()


def _asked(policy: str) -> int:
    return _DMARC.index(policy) if policy in _DMARC else 0


def _percent(text: str) -> int:
    """Return of how many messages in a hundred a policy is: all, unless it says."""
    share = _tag(text, "pct") or "100"
    return int(share) if share.isdecimal() else 0


def _ending(text: str) -> str:
    words = text.lower().split() if _policy(text) == "SPF" else []
    found = next((word for word in words if word.lstrip("-+~?") == "all"), "")
    return f"+{found}" if found == "all" else found


def _senders(text: str) -> set[str]:
    """Return the mechanisms of SPF that let somebody send."""
    words = text.split() if _policy(text) == "SPF" else []
    return {word for word in words[1:] if not word.endswith("all") and word[:1] not in "-~?"}
