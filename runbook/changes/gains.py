"""Access gained and lost, put side by side: what ends beside what takes its place."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from runbook.changes import templates
from runbook.changes.review import Grant, Opening, Review, StackReview
from runbook.changes.wording import line

_DENIED = "NOT "
_EVERYBODY = ("anybody", "the internet", "0.0.0.0/0", "::/0", "anywhere")


@dataclass(frozen=True)
class Access:
    """What is allowed on one thing: what ends with the change, and what begins with it."""

    holder: str
    """Who is allowed; empty for a network opening, whose lines each name a source."""
    on: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    everybody: bool
    """Whether what begins is for anybody at all."""


def permissions(stack: StackReview) -> list[Access]:
    """Return what a stack's roles, users and policies allow differently."""
    return _sides(stack.permissions, network=False)


def network(stack: StackReview) -> list[Access]:
    """Return who may connect differently."""
    return _sides(stack.network, network=True)


def widened(opening: Opening) -> tuple[Grant, ...]:
    """Return what gives access: a new permission, or a denial that is gone."""
    return _allowing(opening.gained, opening.lost)


def narrowed(opening: Opening) -> tuple[Grant, ...]:
    """Return what takes access away: a permission that is gone, or a new denial."""
    return _allowing(opening.lost, opening.gained)


def is_for_everybody(grant: Grant) -> bool:
    """Tell whether a grant is for whoever asks."""
    return grant.holder in _EVERYBODY and not grant.allows.startswith(_DENIED)


def opened(review: Review) -> list[tuple[StackReview, Grant]]:
    """Return what a change opens to everybody, by stack: this is not for a fold."""
    return [
        (stack, grant)
        for stack in review.changed
        for grant in (*stack.network.gained, *stack.permissions.gained)
        if is_for_everybody(grant)
    ]


def _allowing(grants: Iterable[Grant], denials: Iterable[Grant]) -> tuple[Grant, ...]:
    return (
        *(grant for grant in grants if not grant.allows.startswith(_DENIED)),
        *(grant for grant in denials if grant.allows.startswith(_DENIED)),
    )


def _sides(opening: Opening, *, network: bool) -> list[Access]:
    both = {(("" if network else g.holder), g.on) for g in (*opening.gained, *opening.lost)}

    def of(grants: Iterable[Grant], holder: str, on: str) -> tuple[Grant, ...]:
        return tuple(g for g in grants if g.on == on and g.holder == (holder or g.holder))

    found = [
        Access(
            holder=line(holder),
            on=line(on),
            before=_lines(of(opening.lost, holder, on), network=network),
            after=_lines(of(opening.gained, holder, on), network=network),
            everybody=any(map(is_for_everybody, of(opening.gained, holder, on))),
        )
        for holder, on in both
    ]
    return sorted(found, key=lambda item: (not item.everybody, item.holder, item.on))


def _lines(grants: Iterable[Grant], *, network: bool) -> tuple[str, ...]:
    """Write grants, those in a line that differ only in what they allow."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for grant in grants:
        allows = grant.allows.removeprefix(_DENIED)
        verb = "denied " if grant.allows.startswith(_DENIED) else ""
        source = f"{grant.holder}: " if network else ""
        groups[f"{verb}{source}", grant.condition].append(allows)
    return tuple(
        line(f"{begin}{', '.join(allows)}{condition(end)}")
        for (begin, end), allows in groups.items()
    )


def condition(text: str) -> str:
    """Write a policy's condition for a person: `if StringEquals aws:SourceAccount = 123`."""
    if not text:
        return ""
    try:
        tests = [
            f"{operator} {key} = {templates.text(wanted)}"
            for operator, keys in json.loads(text).items()
            for key, wanted in _items(keys)
        ]
    except (ValueError, AttributeError):  # an ARN, as a function's permission has it
        return f", if for {text}"
    return f", if {' and '.join(tests)}"


def _items(keys: Any) -> Iterable[tuple[str, Any]]:
    return keys.items() if isinstance(keys, dict) else [("", keys)]
