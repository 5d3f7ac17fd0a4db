"""Comments on a pull request: blocks of Markdown, cut between rows where one comment is full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LEAST = 20_000
"""No row is longer than this, so that a comment holds at least one."""


@dataclass(frozen=True)
class Block:
    """Rows that may go into several comments, each time between the same head and tail."""

    head: str
    rows: tuple[str, ...] = ()
    tail: str = ""

    def written(self, rows: Iterable[str]) -> str:
        """Write some of the rows as a block of its own."""
        return "\n".join((self.head, *rows, *filter(None, [self.tail]))) + "\n\n"


def divided(blocks: Iterable[Block], limit: int) -> list[str]:
    """Return comments of at most `limit` characters. None ends inside a row or a fold."""
    if limit < _LEAST:
        raise ValueError(f"a comment needs room for {_LEAST:,} characters; {limit:,} are too few")
    room = limit - 200
    parts = [""]
    for block in blocks:
        for text in _pieces(block, room - len(parts[-1]), room):
            if len(parts[-1]) + len(text) > room:
                parts.append("")
            parts[-1] += text
    return [_marked(part, number, len(parts)) for number, part in enumerate(parts, 1)]


def _marked(part: str, number: int, total: int) -> str:
    """Begin each comment with a mark by which a workflow finds it again."""
    of = f"\n\n**Review, part {number} of {total}**" if number > 1 else ""
    return f"<!-- groundwork-review {number}/{total} -->{of}\n\n{part.strip()}\n"


def _pieces(block: Block, left: int, room: int) -> Iterator[str]:
    """Yield a block in as few pieces as fit: whole if it can be, else cut between rows."""
    whole = block.written(block.rows)
    if len(whole) <= room:
        yield whole
        return
    frame = len(block.written([]))
    rows: list[str] = []
    free = (left if left > room // 4 else room) - frame
    for row in block.rows:
        if rows and len(row) + 1 > free:
            yield block.written(rows)
            rows, free = [], room - frame
        rows.append(row)
        free -= len(row) + 1
    yield block.written(rows)
