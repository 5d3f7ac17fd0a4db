"""A review in the terminal: readable at 80 columns, and without colour."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from runbook.changes.layout import Code, Row, Section, Text, Values, View
from runbook.changes.outcome import Tone
from runbook.changes.review import Review
from runbook.changes.text import line, shortened
from runbook.changes.view import build

STYLE = {
    Tone.LOST: "bold white on red",
    Tone.BAD: "bold red",
    Tone.MAYBE: "magenta",
    Tone.CHANGE: "yellow",
    Tone.GOOD: "green",
    Tone.PLAIN: "",
    Tone.QUIET: "dim",
}
_LIMIT = 240
"""Characters of one value, unless all is asked for."""
_LINES = 12
"""Lines of one value, likewise."""
_DIFF = {"−": "red", "+": "green"}


def present(review: Review, console: Console, *, full: bool = False) -> None:
    """Print what a review would do. Folds are opened and values shown whole when `full`."""
    for part in _parts(build(review), full=full):
        for row in console.render_lines(part, pad=False):
            text = Styled.assemble(*((piece.text, piece.style or "") for piece in row))
            text.rstrip()  # Rich fills the cells of a table with blanks
            console.print(text, soft_wrap=True, highlight=False)


def _parts(view: View, *, full: bool) -> Iterator[RenderableType]:
    yield Styled()
    yield Styled(view.headline, style=STYLE[view.tone])
    for section in (*view.alerts, view.overview):
        yield Styled()
        yield from _section(section, 0, full=full)
    for stack in view.stacks:
        yield Styled()
        heading = Styled(line(stack.name), style="bold", overflow="fold")
        yield heading.append(f" {_plain(stack.happening)}", style="not bold")
        for section in stack.sections:
            yield from _section(section, 2, full=full)
    if full:
        yield Styled()
        yield from _section(view.origin, 0, full=full)
    elif view.stacks:
        yield Styled("\nIn full: groundwork changes show --full", style="dim")


def _section(section: Section, indent: int, *, full: bool) -> Iterator[RenderableType]:
    folded = section.folded and not full
    title = f"{section.title}: {section.summary}" if section.summary else section.title
    if not folded or section.summary:
        style = STYLE[section.tone].replace("white on ", "")
        yield Padding(Styled(title, style=style or "bold"), (0, 0, 0, indent), expand=False)
    for row in () if folded else section.rows:
        yield from _row(row, 0, full=full)


def _row(row: Row, depth: int, *, full: bool) -> Iterator[RenderableType]:
    values = row.values
    text = _plain(row.text)
    if values and not values.lines:
        sides = (values.before, values.after)
        before, after = (side if full else shortened(side, _LIMIT) for side in sides)
        text = f"{text}: {before} → {after}"
    style = STYLE[row.tone] if row.tone in (Tone.LOST, Tone.QUIET) or depth else ""
    yield _hanging(depth, Styled(row.sign, style=STYLE[row.tone]), Styled(text, style=style))
    if values and values.lines:
        yield from _lines(values, depth + 1, full=full)
    for inner in (*row.rows, *(row.details if full else ())):
        yield from _row(inner, depth + 1, full=full)


def _lines(values: Values, depth: int, *, full: bool) -> Iterator[RenderableType]:
    for sign, text in values.lines if full else values.lines[:_LINES]:
        style = _DIFF.get(sign, "dim")
        shown = text if full else shortened(text, _LIMIT)
        yield _hanging(depth, Styled(sign, style=style), Styled(shown, style=style))
    more = len(values.lines) - _LINES
    if more > 0 and not full:
        yield _hanging(depth, Styled("…"), Styled(f"({more:,} lines more)", style="dim"))


def _plain(text: Text) -> str:
    return "".join(line(part.text) if isinstance(part, Code) else part for part in text)


def _hanging(depth: int, sign: Styled, text: Styled) -> RenderableType:
    """Lay out a line so that what does not fit goes on below its text, not below its sign."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(overflow="fold")
    table.add_row(sign, text)
    return Padding(table, (0, 0, 0, 2 + 2 * depth), expand=False)
