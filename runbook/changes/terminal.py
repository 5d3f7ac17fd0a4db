"""A review as the terminal shows it: readable at 80 columns, and without colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from runbook.changes import gains, wording
from runbook.changes.gains import Access
from runbook.changes.review import (
    Difference,
    Effect,
    ResourceChange,
    Review,
    Risk,
    StackAction,
    StackReview,
    Undo,
    Verdict,
)

SIGN = {
    Effect.ADD: ("+", "green"),
    Effect.CHANGE: ("~", "yellow"),
    Effect.MAY_REPLACE: ("±", "magenta"),
    Effect.REPLACE: ("±", "red"),
    Effect.DELETE: ("-", "red"),
    Effect.RETAIN: ("○", "yellow"),
    Effect.IMPORT: ("→", "cyan"),
}
_VERDICT = {
    Verdict.KEPT: "green",
    Verdict.PROTECTED: "yellow",
    Verdict.SNAPSHOT: "yellow",
    Verdict.LOST: "bold white on red",
}
_LIMIT = 240
"""Characters of one value, unless all is asked for."""
_LINES = 12
"""Lines of one value, likewise."""


def present(review: Review, console: Console, *, full: bool = False) -> None:
    """Print what a review would do: the verdict on data, then the stacks as they run.

    What is added is one line an item of the configuration, permissions of a new stack are counted,
    and long values are cut, unless `full`.
    """
    _print(console, _opening(review, full=full))
    for stack in review.changed:
        _print(console, _stack(stack, review, full=full))
    _print(console, _closing(review, full=full))


def _print(console: Console, parts: Iterable[RenderableType]) -> None:
    for part in parts:
        console.print(part, highlight=False)


def _opening(review: Review, *, full: bool) -> Iterator[RenderableType]:
    verdict, text = wording.headline(review)
    yield Text()
    yield _verdict(f" {text} " if verdict is Verdict.LOST else text, verdict)
    for stack in review.stacks:
        for change in stack.losses:
            yield _item("!", "bold red", f"{_name(change)} in {wording.line(stack.name)}")
    if full:
        yield Text()
        yield from (_item("", "dim", text) for text in _origin(review))


def _origin(review: Review) -> Iterator[str]:
    yield f"Review {wording.line(review.id)} of {wording.line(review.configuration)}"
    yield f"Account {wording.line(review.account)}, revision {wording.line(review.revision or '–')}"
    yield f"Prepared by {wording.line(review.prepared_by)} at {wording.moment(review.prepared_at)}"
    yield f"To be executed before {wording.moment(review.execute_before)}"


def _closing(review: Review, *, full: bool) -> Iterator[RenderableType]:
    same = [stack.name for stack in review.stacks if stack not in review.changed]
    if same or review.undeclared:
        yield Text()
    if same:
        yield Text(f"Unchanged: {', '.join(map(wording.line, same))}")
    if review.undeclared:
        names = ", ".join(map(wording.line, review.undeclared))
        yield Text(f"Deployed, no longer declared, and left as they are: {names}")
    if not full and review.changed:
        yield Text()
        yield Text("In full: groundwork changes show --full", style="dim")


def _stack(stack: StackReview, review: Review, *, full: bool) -> Iterator[RenderableType]:
    yield Text()
    heading = Text(wording.line(stack.name), style="bold", overflow="fold")
    heading.append(f" is {wording.happening(stack, review)}", style="not bold")
    yield heading.append(f": {wording.summary(stack)}", style="not bold")
    for change in wording.told(stack):
        yield from _told(change, full=full)
    yield from _added(stack, full=full)
    yield from _permissions(stack, full=full)
    yield from _access("Who may connect", gains.network(stack))
    yield from _functions(stack)
    yield from _risks(stack, review, full=full)
    yield from _undo(stack, full=full)
    if full:
        yield from _pins(stack)


def _told(change: ResourceChange, *, full: bool) -> Iterator[RenderableType]:
    sign, style = SIGN[change.effect]
    yield _item(sign, style, f"{change.effect}: {_name(change)}")
    if change.verdict:
        yield _inside(_verdict(wording.fate(change), change.verdict))
    for difference in change.differences:
        yield from _difference(difference, full=full)


def _name(change: ResourceChange) -> str:
    return f"{wording.line(change.place)} ({wording.kind(change)})"


def _verdict(text: str, verdict: Verdict) -> Text:
    loud = text.replace("data lost", "DATA LOST").replace("Data lost", "DATA LOST")
    return Text(loud, style=_VERDICT[verdict])


def _difference(difference: Difference, *, full: bool) -> Iterator[RenderableType]:
    name = wording.path(difference)
    if wording.is_hidden(difference):
        yield _inside(Text(f"{name}: changes, and is hidden"))
        return
    if not wording.is_long(difference):
        sides = (wording.scalar(side) for side in (difference.before, difference.after))
        before, after = (side if full else wording.shortened(side, _LIMIT) for side in sides)
        yield _inside(Text(f"{name}: {before} → {after}"))
        return
    yield _inside(Text(f"{name}:"))
    lines = wording.compared(difference)
    for sign, text in lines if full else lines[:_LINES]:
        style = {"-": "red", "+": "green"}.get(sign, "dim")
        shown = text if full else wording.shortened(text, _LIMIT)
        yield _inside(Text(shown, style=style), Text(sign, style=style))
    if not full and len(lines) > _LINES:
        yield _inside(Text(f"({len(lines) - _LINES:,} lines more)", style="dim"), Text("…"))


def _added(stack: StackReview, *, full: bool) -> Iterator[RenderableType]:
    """Fold what is added to a line an item: new things need no close look at each part."""
    for item, changes in wording.added(stack).items():
        if full:
            for change in changes:
                yield _item("+", "green", f"added: {_name(change)}")
        else:
            yield _item("+", "green", f"added: {item}, {wording.count(len(changes), 'resource')}")


def _permissions(stack: StackReview, *, full: bool) -> Iterator[RenderableType]:
    found = gains.permissions(stack)
    if full or stack.action is not StackAction.CREATE:
        yield from _access("Who may do what", found)
        return
    yield from _access("What anybody may do", [access for access in found if access.everybody])
    if number := len(gains.widened(stack.permissions)):
        yield _item("+", "yellow", f"{wording.count(number, 'permission')} with the new stack")


def _access(title: str, found: list[Access]) -> Iterator[RenderableType]:
    if found:
        yield _title(title)
    for access in found:
        begin = f"{access.holder}, on " if access.holder else "To "
        whom = " – for everybody" if access.everybody else ""
        yield _item("", "", f"{begin}{access.on}{whom}")
        for text in access.before:
            yield _inside(Text(text, style="green"), Text("-", style="green"))
        for text in access.after:
            style = "bold red" if access.everybody else "yellow"
            yield _inside(Text(text, style=style), Text("+", style=style))


def _functions(stack: StackReview) -> Iterator[RenderableType]:
    if stack.functions:
        yield _title("Functions whose code changes")
    for change in stack.functions:
        yield _item("~", "yellow", wording.line(change.place))


def _risks(stack: StackReview, review: Review, *, full: bool) -> Iterator[RenderableType]:
    staying = [risk for risk in stack.risks if risk not in stack.new_risks] if full else []
    for title, risks in (("Newly accepted risks", stack.new_risks), ("Risks as before", staying)):
        if risks:
            yield _title(title)
        for risk in risks:
            yield _item("!", "yellow", f"{wording.line(risk.rule)} on {wording.line(risk.on)}")
            yield _inside(Text(wording.line(risk.reason)))
            yield _inside(Text(_term(risk, review), style="dim"))


def _term(risk: Risk, review: Review) -> str:
    return f"accepted by {wording.line(risk.owner)}; ends {wording.until(risk, review)}"


def _undo(stack: StackReview, *, full: bool) -> Iterator[RenderableType]:
    costly = [item for item in wording.undoing(stack.changes) if item[0] is not Undo.FREE]
    if costly:
        yield _title("To go back")
    for undo, changes in costly:
        text = f"{wording.count(len(changes), 'resource')}: {undo}"
        yield _item("", "", Text(text, style="bold red" if undo is Undo.NEVER else ""))
        for change in changes if full else ():
            yield _inside(Text(wording.line(change.place)))


def _pins(stack: StackReview) -> Iterator[RenderableType]:
    """Say by what the approval holds the stack to what was reviewed."""
    yield _title("Held to")
    yield _item("", "", f"change set {wording.line(stack.change_set)}")
    yield _item("", "", f"template {wording.line(stack.template_digest)}")
    for name, text in stack.parameters.items():
        yield _item("", "", f"parameter {wording.line(name)} = {wording.line(text)}")
    for asset, version in stack.assets.items():
        yield _item("", "", f"asset {wording.line(asset)}, version {wording.line(version)}")


def _title(text: str) -> RenderableType:
    return Padding(Text(text, style="bold"), (0, 0, 0, 2), expand=False)


def _item(sign: str, style: str, text: str | Text) -> RenderableType:
    return _hanging(
        3, Text(f"  {sign}", style=style), Text(text) if isinstance(text, str) else text
    )


def _inside(text: Text, sign: Text | None = None) -> RenderableType:
    return Padding(_hanging(1, sign, text) if sign else text, (0, 0, 0, 6), expand=False)


def _hanging(width: int, sign: Text, text: Text) -> RenderableType:
    """Lay out a line so that what does not fit goes on below its text, not below its sign."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=width)
    table.add_column(overflow="fold")
    table.add_row(sign, text)
    return table
