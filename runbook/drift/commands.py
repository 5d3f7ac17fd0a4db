"""What `groundwork drift` does: look everywhere, and say what is otherwise than deployed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from rich.console import Console
from rich.text import Text

from runbook.changes.text import line
from runbook.drift import beside, deployed, detection, effects
from runbook.drift.change import Change, Sort
from runbook.drift.deployed import Deployed
from settings import Settings


def changes(settings: Settings) -> list[Change]:
    """Return what was changed in all deployed stacks, the most dangerous first."""
    stacks = deployed.stacks(settings)
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = [change for each in pool.map(_of_stack, stacks) for change in each]
    order = list(Sort)
    return sorted(found, key=lambda change: (order.index(change.sort), change.stack, change.place))


def _of_stack(stack: Deployed) -> list[Change]:
    return [
        *detection.detect(stack.region, stack.name, stack.resources),
        *effects.changed(stack),
        *beside.found(stack),
    ]


def show(console: Console, found: Sequence[Change]) -> None:
    """Print each change with what it was, and the ways out."""
    if not found:
        console.print("Nothing was changed behind the file's back.")
        return
    for sort in Sort:
        inside = [change for change in found if change.sort is sort]
        if inside:
            console.print(Text(f"\nChanged behind the file's back: {sort}", style="bold"))
        for change in inside:
            for text in _lines(change):
                console.print(Text(text), soft_wrap=True)
    console.print()
    for text in ways_out(found):
        console.print(Text(text), soft_wrap=True)


def _lines(change: Change) -> Iterator[str]:
    yield f"  ! {line(change.place)} in {change.stack}: {line(change.what)}"
    yield f"      {_side(change.was)} → {_side(change.now)}"


def _side(value: object) -> str:
    """Write a value in one line, also where there is none."""
    if value is None:
        return "(none)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return line(text)


def ways_out(found: Sequence[Change]) -> Iterator[str]:
    """Say how to take changes back, and how to take them into the file."""
    if any(change.reversible for change in found):
        yield "To take back what CloudFormation can: groundwork drift --revert, and approve that."
    if any(not change.reversible for change in found):
        yield "What was added beside the declared is removed by hand, where it was added."
    items = sorted({change.item for change in found if change.reversible})
    for item in items:
        yield f"To keep it instead, change the file: {item}"
