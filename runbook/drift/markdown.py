"""Drift as the text of an issue: nothing that somebody typed in the console is Markdown in it."""

from __future__ import annotations

from collections.abc import Iterator

from runbook.changes.render.markdown import code
from runbook.changes.text import shortened
from runbook.drift.change import Change, Drift, Sort
from runbook.drift.words import side, ways_out

MOST = 60_000
"""GitHub takes 65,536 characters."""
_VALUE = 1_000


def markdown(found: Drift) -> str:
    """Return what was changed by what it is about, what nobody could be asked, and the ways out."""
    return shortened("\n".join(_lines(found)), MOST) + "\n"


def _lines(found: Drift) -> Iterator[str]:
    if not found.changes and not found.unasked:
        yield "Nothing was changed outside CloudFormation."
    for sort in Sort:
        inside = [change for change in found.changes if change.sort is sort]
        yield from (f"\n**Changed outside CloudFormation: {sort}**\n",) if inside else ()
        yield from (_line(change) for change in inside)
    if found.unasked:
        yield "\n**Not known whether it was changed**\n"
    for item in found.unasked:
        yield f"- {code(item.stack)}: {item.what} cannot be asked: {code(item.why, _VALUE)}"
    if found.changes:
        yield ""
    yield from (f"- {code(text, _VALUE)}" for text in ways_out(found.changes))


def _line(change: Change) -> str:
    where = f"- {code(change.place)} in {code(change.stack)}: {code(change.what)}"
    return f"{where}: {code(side(change.was), _VALUE)} → {code(side(change.now), _VALUE)}"
