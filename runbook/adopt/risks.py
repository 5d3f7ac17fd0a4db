"""The accepted risks that adopted items need: they are weaker than the checks let pass."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

LASTS = timedelta(days=90)
"""How long a team has to decide what it found. An end date is moved by a reviewed change."""
REASON = "As found in the account when it was adopted; to be decided by its owner."


class Finding(NamedTuple):
    """One rule's finding, at its place as the file names it."""

    rule: str
    place: str


def found(assembly: Path) -> list[Finding]:
    """Return what the checks have against an assembly, from the report that they leave in it."""
    report = json.loads((assembly / "validation-report.json").read_text(encoding="utf-8"))
    return [
        Finding(violation["ruleName"], _place(construct["constructPath"]))
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    ]


def entries(findings: list[Finding], owner: str, today: date) -> Iterator[dict[str, Any]]:
    """Yield an entry for each finding: on its item, or where an item has several, its resource."""
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    for finding in findings:
        places[finding.rule, _item(finding.place)].add(finding.place)
    for (rule, item), inside in sorted(places.items()):
        for place in [item] if len(inside) == 1 else sorted(inside):
            yield {
                "rule": rule,
                "on": place,
                "reason": REASON,
                "owner": owner,
                "until": today + LASTS,
            }


def _item(place: str) -> str:
    return "/".join(place.split("/")[:3])


def _place(path: str) -> str:
    """Write a construct's path as the file names the place: without region and part."""
    stack, _, rest = path.partition("/")
    return f"{stack.partition('-')[0]}/{rest.removesuffix('/Resource')}"
