"""What `groundwork drift` does: look everywhere, and say what is otherwise than deployed."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from runbook.base.errors import UserError
from runbook.drift import deployed, look
from runbook.drift.change import Drift, Sort
from runbook.drift.markdown import markdown
from runbook.drift.words import described, unknown, ways_out
from settings import Settings
from settings.plan import plans

CHANGED = 2
UNKNOWN = 1
"""Exit statuses, beside 0: a schedule tells a change from a look that failed."""


def drift(settings: Settings) -> Drift:
    """Return what was changed in all deployed stacks of the file."""
    return look.at(deployed.stacks((plan.region, plan.name) for plan in plans(settings)))


def status(found: Drift) -> int:
    """Return the exit status: a change outweighs what could not be asked."""
    if found.changes:
        return CHANGED
    return UNKNOWN if found.unasked else 0


def show(console: Console, found: Drift) -> None:
    """Print each change with what it was, and the ways out."""
    for sort in Sort:
        inside = [change for change in found.changes if change.sort is sort]
        if inside:
            console.print(Text(f"\nChanged outside CloudFormation: {sort}", style="bold"))
        for change in inside:
            first, *rest = described(change)
            for text in (f"  ! {first}", *(f"  {more}" for more in rest)):
                console.print(Text(text), soft_wrap=True)
    if found.unasked:
        console.print(Text("\nNot known whether it was changed", style="bold"))
    for item in found.unasked:
        console.print(Text(f"  ? {unknown(item)}"), soft_wrap=True)
    if not found.changes and not found.unasked:
        console.print("Nothing was changed outside CloudFormation.")
    console.print()
    for text in ways_out(found.changes):
        console.print(Text(text), soft_wrap=True)


def write(file: Path, found: Drift) -> None:
    """Write it as the text of an issue."""
    try:
        file.write_text(markdown(found), encoding="utf-8")
    except OSError as error:
        why = f"{file} cannot be written: {error.strerror}."
        raise UserError(why, "Name another file.") from None
