"""Tables and wrapped text, for a terminal of any width and for what is behind a pipe."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from runbook.base.names import printable


def table(console: Console, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a line for each row, its cells in columns.

    Where a terminal is too narrow for that, each cell gets a line of its own below the first one.
    No cell is broken or cut, so that it can be copied and searched for whole.
    """
    cells = [[printable(cell) if cell else "" for cell in row] for row in rows]
    columns = list(zip(titles, *cells, strict=True))
    widths = [max(map(cell_len, column)) for column in columns]
    needed = sum(widths) + 2 * (len(widths) - 1)
    if console.is_terminal and needed > console.width:
        _blocks(console, titles, cells)
        return
    _line(console, titles, widths, "bold")
    for row in cells:
        _line(console, row, widths)


def hanging(lead: Text, words: str, width: int, style: str = "") -> Iterator[Text]:
    """Yield words behind a lead, wrapped within a column of their own.

    No word is broken, so that a command or an ARN can be copied whole; print with `soft_wrap`.
    """
    room = max(width - lead.cell_len, 30)
    lines = textwrap.wrap(words, room, break_long_words=False, break_on_hyphens=False)
    for number, line in enumerate(lines):
        yield Text.assemble(lead if number == 0 else " " * lead.cell_len, (line, style))


def _line(console: Console, cells: Sequence[str], widths: Sequence[int], style: str = "") -> None:
    padded = (
        cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    console.print(Text("  ".join(padded).rstrip(), style=style), soft_wrap=True)


def _blocks(console: Console, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    width = max(map(cell_len, titles))
    for first, *rest in rows:
        console.print(Text(first, style="bold"), soft_wrap=True)
        for title, cell in zip(titles[1:], rest, strict=True):
            if cell:
                console.print(Text(f"  {title.ljust(width)}  {cell}"), soft_wrap=True)
