"""Access gained and lost, put side by side: what ends beside what takes its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from runbook.changes.parts import AccessDiff, Grant
from runbook.changes.text import line


@dataclass(frozen=True)
class AccessChange:
    """What is allowed on one thing: what ends with the change, and what begins with it."""

    holder: str
    """Who is allowed; empty for the network, whose lines each name a source."""
    on: str
    ends: tuple[tuple[str, str], ...]
    """What is no longer allowed, or is denied from now on: which of them, and what."""
    begins: tuple[tuple[str, str], ...]
    """What is allowed from now on, or no longer denied."""
    everybody: bool
    """Whether what begins is for anybody at all."""


def compare(diff: AccessDiff, *, network: bool) -> list[AccessChange]:
    """Put together what ends and what begins on each thing, for everybody first."""
    both = {(("" if network else g.holder), g.on) for g in (*diff.gained, *diff.lost)}

    def of(grants: Iterable[Grant], holder: str, on: str) -> tuple[Grant, ...]:
        return tuple(g for g in grants if g.on == on and g.holder == (holder or g.holder))

    found = [
        AccessChange(
            holder=line(holder),
            on=line(on),
            ends=_lines(of(diff.lost, holder, on), gained=False, network=network),
            begins=_lines(of(diff.gained, holder, on), gained=True, network=network),
            everybody=any(grant.everybody for grant in of(diff.gained, holder, on)),
        )
        for holder, on in both
    ]
    return sorted(found, key=lambda item: (not item.everybody, item.holder, item.on))


def sentence(grant: Grant, *, lost: bool = False, below: str = "") -> str:
    """Write a grant that begins in one line, or one that is lost; `below` a name, without it."""
    denied = ("denied from now on " if lost else "no longer denied ") if grant.denies else ""
    holder = "" if grant.holder == below else f"{grant.holder}: "
    on = "" if holder and grant.on == below else f" on {grant.on}"
    return line(f"{holder}{denied}{grant.allows}{on}{_when(grant)}")


def sentences(grants: Iterable[Grant], below: str) -> list[str]:
    """Write grants in few lines: those that differ in what, or in on what, share one."""
    actions: dict[Grant, list[str]] = defaultdict(list)
    for grant in grants:
        actions[grant.model_copy(update={"allows": ""})].append(grant.allows)
    things: dict[Grant, list[str]] = defaultdict(list)
    for grant, allows in actions.items():
        joined = grant.model_copy(update={"allows": ", ".join(sorted(allows)), "on": ""})
        things[joined].append(grant.on)
    return sorted(
        sentence(grant.model_copy(update={"on": ", ".join(sorted(on))}), below=below)
        for grant, on in things.items()
    )


def _when(grant: Grant) -> str:
    return f", if {grant.condition}" if grant.condition else ""


def _lines(grants: Iterable[Grant], *, gained: bool, network: bool) -> tuple[tuple[str, str], ...]:
    """Write grants, those in a line that differ only in what they allow."""
    allowed = "new: " if gained else "no longer: "
    denied = "no longer denied: " if gained else "denied from now on: "
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for grant in grants:
        source = f"{grant.holder}: " if network else ""
        words = denied if grant.denies else allowed
        groups[words, source, _when(grant)].append(grant.allows)
    return tuple(
        (words, line(f"{source}{', '.join(allows)}{end}"))
        for (words, source, end), allows in groups.items()
    )
