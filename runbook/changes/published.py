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
    places = after.places()
    old, new = _texts(before), _texts(after)
    for (where, name), text in sorted(new.items()):
        known = old.get((where, name))
        for words in _weaker(known, text) if known else ():
            place = places.get(where, where)
            yield Finding(danger=Danger.WEAKENED, place=place, text=f"{name}: {words}")


def _texts(version: Reading) -> dict[tuple[str, str], str]:
    """Return TXT records by where they stand and their name. SPF and DMARC are one each."""
    found = {}
    for key, output in version.outputs.items():
        value = output.get("Value") if isinstance(output, dict) else None
        lines = str(value).splitlines() if key.endswith(Output.DNS_RECORDS) else ()
        for kind, name, text in (line.split("\t")[:3] for line in lines if line.count("\t") >= 2):
            if kind == "TXT" and _is_judged(text):
                found[key, name] = text
    for name, resource in version.resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Route53::RecordSet" and properties.get("Type") == "TXT":
            for text in map(str, properties.get("ResourceRecords", ())):
                if _is_judged(text):
                    found[name, str(properties.get("Name"))] = text
    return found


def _is_judged(text: str) -> bool:
    return text.strip('"').startswith(("v=DMARC1", "v=spf1"))


def _weaker(before: str, after: str) -> Iterator[str]:
    """Yield what is weaker; a tag of DMARC that is gone has the policy's own value."""
    for tag in ("p", "sp", "np"):
        was, becomes = (_tag(text, tag) for text in (before, after))
        said = any(re.search(rf";\s*{tag}=", text) for text in (before, after))
        if (
            said
            and was in _DMARC
            and becomes in _DMARC
            and _DMARC.index(becomes) < _DMARC.index(was)
        ):
            yield f"receivers are asked for less (DMARC {tag}={was} → {tag}={becomes})"
    if _tag(after, "t") == "y" and _tag(before, "t") != "y":
        yield "receivers are asked to try it only (DMARC t=y)"
    was, becomes = (_ending(text) for text in (before, after))
    if was in _SPF and (becomes not in _SPF or _SPF.index(becomes) < _SPF.index(was)):
        yield f"others may send (SPF {was} → {becomes or 'without an end'})"
    if more := sorted(_senders(after) - _senders(before)):
        yield f"others may send (SPF {' '.join(more)})"


def _tag(text: str, tag: str) -> str:
    found = re.search(rf";\s*{tag}=(\w+)", text)
    return found[1] if found else _tag(text, "p") if tag in ("sp", "np") else ""


def _ending(text: str) -> str:
    found = re.search(r"[-+~?]?all\b", text) if "v=spf1" in text else None
    return "" if not found else found[0] if found[0][0] != "a" else f"+{found[0]}"


def _senders(text: str) -> set[str]:
    """Return the mechanisms of SPF that let somebody send."""
    words = text.strip('"').split() if "v=spf1" in text else []
    return {word for word in words[1:] if not word.endswith("all") and word[:1] not in "-~?"}
