"""Access gained and lost, put side by side: what ends beside what takes its place."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from runbook.changes.review import AccessDiff, Grant
from runbook.changes.template.values import display
from runbook.changes.text import line

_DENIED = "NOT "
_EVERYBODY = ("anybody", "the internet", "0.0.0.0/0", "::/0", "anywhere")


@dataclass(frozen=True)
class AccessChange:
    """What is allowed on one thing: what ends with the change, and what begins with it."""

    holder: str
    """Who is allowed; empty for the network, whose lines each name a source."""
    on: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    everybody: bool
    """Whether what begins is for anybody at all."""


def widened(diff: AccessDiff) -> tuple[Grant, ...]:
    """Return what gives access: a new permission, or a denial that is gone."""
    return _allowing(diff.gained, diff.lost)


def narrowed(diff: AccessDiff) -> tuple[Grant, ...]:
    """Return what takes access away: a permission that is gone, or a new denial."""
    return _allowing(diff.lost, diff.gained)


def is_for_everybody(grant: Grant) -> bool:
    """Tell whether a grant is for whoever asks."""
    return grant.holder in _EVERYBODY and not grant.allows.startswith(_DENIED)


def compare(diff: AccessDiff, *, network: bool) -> list[AccessChange]:
    """Put together what ends and what begins on each thing, for everybody first."""
    both = {(("" if network else g.holder), g.on) for g in (*diff.gained, *diff.lost)}

    def of(grants: Iterable[Grant], holder: str, on: str) -> tuple[Grant, ...]:
        return tuple(g for g in grants if g.on == on and g.holder == (holder or g.holder))

    found = [
        AccessChange(
            holder=line(holder),
            on=line(on),
            before=_lines(of(diff.lost, holder, on), network=network),
            after=_lines(of(diff.gained, holder, on), network=network),
            everybody=any(map(is_for_everybody, of(diff.gained, holder, on))),
        )
        for holder, on in both
    ]
    return sorted(found, key=lambda item: (not item.everybody, item.holder, item.on))


def sentence(grant: Grant) -> str:
    """Write a grant in one line."""
    allows = f"{grant.allows.removeprefix(_DENIED)} on {grant.on}"
    return line(f"{grant.holder}: {allows}{condition(grant.condition)}")


def condition(text: str) -> str:
    """Write a policy's condition for a person: `if StringEquals aws:SourceAccount = 123`."""
    if not text:
        return ""
    try:
        tests = [
            f"{operator} {key} = {display(wanted)}"
            for operator, keys in json.loads(text).items()
            for key, wanted in _items(keys)
        ]
    except (ValueError, AttributeError):  # an ARN, as a function's permission has it
        return f", if for {text}"
    return f", if {' and '.join(tests)}"


def _allowing(grants: Iterable[Grant], denials: Iterable[Grant]) -> tuple[Grant, ...]:
    return (
        *(grant for grant in grants if not grant.allows.startswith(_DENIED)),
        *(grant for grant in denials if grant.allows.startswith(_DENIED)),
    )


def _lines(grants: Iterable[Grant], *, network: bool) -> tuple[str, ...]:
    """Write grants, those in a line that differ only in what they allow."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for grant in grants:
        verb = "denied " if grant.allows.startswith(_DENIED) else ""
        source = f"{grant.holder}: " if network else ""
        groups[f"{verb}{source}", grant.condition].append(grant.allows.removeprefix(_DENIED))
    return tuple(
        line(f"{begin}{', '.join(allows)}{condition(end)}")
        for (begin, end), allows in groups.items()
    )


def _items(keys: Any) -> Iterable[tuple[str, Any]]:
    return keys.items() if isinstance(keys, dict) else [("", keys)]
