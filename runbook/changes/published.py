"""DNS records of mail that protect less: DMARC and SPF, as outputs have them and as Route 53 does.

<https://datatracker.ietf.org/doc/html/rfc7489#section-6.3>, <https://www.rfc-editor.org/rfc/rfc7208#section-5.1>
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbook.changes.review import Danger, Finding
from runbook.changes.template.reading import Reading
from settings.contract import Output

_DMARC = ("none", "quarantine", "reject")
_SPF = ("+all", "?all", "~all", "-all")


def of_records(before: Reading, after: Reading) -> Iterator[Finding]:
    """Yield the records that ask receivers for less, or let others send, than those before."""
    places = {**before.places(), **after.places()}
    old, new = _texts(before), _texts(after)
    elsewhere = {name: text for (_, name), text in new.items()}
    for (where, name), text in sorted(old.items()):
        becomes = new.get((where, name), elsewhere.get(name))
        gone = f"the record is gone ({text})"
        for words in [gone] if becomes is None else _weaker(text, becomes):
            place = places.get(where, where)
            yield Finding(danger=Danger.WEAKENED, place=place, text=f"{name}: {words}")


def _texts(version: Reading) -> dict[tuple[str, str], str]:
    """Return TXT records by where they stand and their name. SPF and DMARC are one each."""
    found = {}
    for key, output in version.outputs.items():
        value = output.get("Value") if isinstance(output, dict) else None
        lines = str(value).splitlines() if key.endswith(Output.DNS_RECORDS) else ()
        for kind, name, text in (line.split("\t")[:3] for line in lines if line.count("\t") >= 2):
            if kind == "TXT" and _is_judged(joined := _joined(text)):
                found[key, name] = joined
    for name, resource in version.resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Route53::RecordSet" and properties.get("Type") == "TXT":
            for text in (_joined(str(one)) for one in properties.get("ResourceRecords", ())):
                if _is_judged(text):
                    found[name, str(properties.get("Name"))] = text
    return found


def _joined(text: str) -> str:
    """Return what a TXT record says: its strings one after the other, as receivers read them."""
    return re.sub(r'"\s+"', "", text.strip()).strip('"')


def _is_judged(text: str) -> bool:
    return text.startswith(("v=DMARC1", "v=spf1"))


def _weaker(before: str, after: str) -> Iterator[str]:
    """Yield what is weaker. A tag of DMARC that is gone has its default; an odd one is none."""
    for tag in ("p", "sp", "np"):
        was, becomes = (_tag(text, tag) for text in (before, after))
        said = any(re.search(rf";\s*{tag}\s*=", text) for text in (before, after))
        if said and _asked(becomes) < _asked(was):
            yield f"receivers are asked for less (DMARC {tag}={was} → {tag}={becomes})"
    if _percent(after) < _percent(before):
        shares = f"pct={_percent(before)} → pct={_percent(after)}"
        yield f"receivers are asked about fewer messages (DMARC {shares})"
    if _tag(after, "t") == "y" and _tag(before, "t") != "y":
        yield "receivers are asked to try it only (DMARC t=y)"
    was, becomes = (_ending(text) for text in (before, after))
    if was in _SPF and (becomes not in _SPF or _SPF.index(becomes) < _SPF.index(was)):
        yield f"others may send (SPF {was} → {becomes or 'without an end'})"
    if more := sorted(_senders(after) - _senders(before)):
        yield f"others may send (SPF {' '.join(more)})"


def _tag(text: str, tag: str) -> str:
    found = re.search(rf";\s*{tag}\s*=\s*([^\s;]*)", text)
    fallback = {"np": "sp", "sp": "p"}.get(tag)
    return found[1].lower() if found else _tag(text, fallback) if fallback else ""


def _asked(policy: str) -> int:
    return _DMARC.index(policy) if policy in _DMARC else 0


def _percent(text: str) -> int:
    """Return of how many messages in a hundred a policy is: all, unless it says."""
    share = _tag(text, "pct") or "100"
    return int(share) if share.isdecimal() else 0


def _ending(text: str) -> str:
    words = text.lower().split() if "v=spf1" in text else []
    found = next((word for word in words if word.lstrip("-+~?") == "all"), "")
    return f"+{found}" if found == "all" else found


def _senders(text: str) -> set[str]:
    """Return the mechanisms of SPF that let somebody send."""
    words = text.split() if "v=spf1" in text else []
    return {word for word in words[1:] if not word.endswith("all") and word[:1] not in "-~?"}
