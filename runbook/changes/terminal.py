"""A review as the terminal shows it."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from runbook.changes.review import Effect, Grant, ResourceChange, Review, StackReview, Verdict

SIGN = {
    Effect.ADD: ("+", "green"),
    Effect.CHANGE: ("~", "yellow"),
    Effect.MAY_REPLACE: ("±", "magenta"),
    Effect.REPLACE: ("±", "red"),
    Effect.DELETE: ("-", "red"),
    Effect.RETAIN: ("○", "yellow"),
    Effect.IMPORT: ("→", "cyan"),
}
_VERDICT = {Verdict.KEPT: "green", Verdict.SNAPSHOT: "yellow", Verdict.LOST: "bold red"}


def present(review: Review, console: Console, *, full: bool = False) -> None:
    """Print all stacks, in the order in which they run."""
    for stack in review.stacks:
        console.print()
        console.print(_heading(stack))
        if stack.changes:
            console.print(_changes(stack, full=full))
        for title, opening in (("may", stack.permissions), ("network", stack.network)):
            if full and (opening.gained or opening.lost):
                console.print(_grants(title, opening.gained, opening.lost))


def _heading(stack: StackReview) -> RenderableType:
    count = f" – {summary(stack)}" if stack.changes else ""
    return f"[bold]{escape(stack.name)}[/] is {stack.action}{count}"


def summary(stack: StackReview) -> str:
    """Count the effects in words: 21 added, 1 replaced."""
    counts = {effect: sum(change.effect is effect for change in stack.changes) for effect in Effect}
    return ", ".join(f"{count} {effect}" for effect, count in counts.items() if count)


def _changes(stack: StackReview, *, full: bool) -> RenderableType:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for change in sorted(
        stack.changes, key=lambda change: (change.effect is Effect.ADD, change.place)
    ):
        if change.effect is Effect.ADD and not full:
            continue
        table.add_row(*_row(change))
    if full:
        return table
    return Group(table, _added(stack))


def _row(change: ResourceChange) -> tuple[RenderableType, ...]:
    sign, style = SIGN[change.effect]
    data = Text(str(change.verdict or ""), style=_VERDICT.get(change.verdict or Verdict.KEPT, ""))
    what = Text(f"{change.place} ({change.type.removeprefix('AWS::')})")
    return Text(f"  {sign}", style=style), what, Text(str(change.effect), style=style), data


def _added(stack: StackReview) -> RenderableType:
    """Fold what is added to a line an item of the file: new things need no close look at each part."""
    counts: dict[str, int] = {}
    for change in stack.changes:
        if change.effect is Effect.ADD:
            item = "/".join(change.place.split("/")[:2])
            counts[item] = counts.get(item, 0) + 1
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for item, count in sorted(counts.items()):
        table.add_row(
            Text("  +", style="green"),
            Text(item),
            Text(f"{count} resource{'s' * (count > 1)}", style="dim"),
        )
    return table


def _grants(title: str, gained: tuple[Grant, ...], lost: tuple[Grant, ...]) -> RenderableType:
    table = Table(
        box=None, show_header=False, padding=(0, 2, 0, 0), title=title, title_justify="left"
    )
    for sign, style, grants in (("+", "red", gained), ("-", "green", lost)):
        for grant in grants:
            table.add_row(
                Text(f"  {sign}", style=style),
                Text(grant.holder),
                Text(grant.allows),
                Text(f"{grant.on} {grant.condition}".strip()),
            )
    return table
