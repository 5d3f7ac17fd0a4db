"""A review as comments on a pull request: headline and alerts first, each stack's sections folded.

Whatever a template could have put there stands in code, where GitHub and GitLab read no Markdown,
link nothing and notify nobody: <https://github.github.com/gfm/#code-spans>. In a summary it stands
in HTML, because Markdown does not reach into an HTML block.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from runbook.changes.layout import Code, Row, Section, StackView, Text, Values, View
from runbook.changes.outcome import Tone
from runbook.changes.render.comments import Block, divided
from runbook.changes.review import Review
from runbook.changes.text import line, shortened
from runbook.changes.view import build

_NAME = 200
_VALUE = 1_000
_LINES = 40
_ROW = 2_000
"""Where a row ends at the latest, but for the value that it ends with."""
_BOLD = (Tone.LOST, Tone.BAD)


def markdown(review: Review, limit: int = 65_000) -> list[str]:
    """Return the comments that show a review, each of at most `limit` characters.

    GitHub takes 65,536. What is folded twice, like the properties of what is added, is left to the
    page and to the terminal.
    """
    return divided(_blocks(build(review)), limit)


def _blocks(view: View) -> Iterator[Block]:
    yield Block(f"## {_text(view.title)}")
    yield Block(f"> [!{view.alert}]\n> **{view.headline}**")
    for section in (*view.alerts, view.overview):
        yield Block(f"**{section.title}**\n", tuple(_rows(section)))
    for stack in view.stacks:
        yield Block(f"### {code(stack.name)} {_text(stack.happening)}")
        for section in stack.sections:
            yield Block(_fold(section, stack), tuple(_rows(section)), "\n</details>")
    yield Block(f"---\n\n**{view.origin.title}**\n", tuple(_rows(view.origin)))
    if view.stacks:
        yield Block(
            "Every property of what is added: `groundwork changes show --full`, or the page."
        )


def _fold(section: Section, stack: StackView) -> str:
    name = html.escape(shortened(line(stack.name), _NAME))
    summary = section.summary or f"{len(section.rows):,}"
    return f"<details><summary><code>{name}</code>: {section.title} ({summary})</summary>\n"


def _rows(section: Section) -> Iterator[str]:
    for row in section.rows:
        yield from _row(row)


def _row(row: Row) -> Iterator[str]:
    """Yield a row with what belongs to it, or several when that is too much for one."""
    head = text = f"- {_line(row)}"
    for inner in (*row.rows, *row.details):
        if len(text) > _ROW:
            yield text
            text = f"{head} (continued)"
        folded = inner.details if inner in row.rows else ()
        text += f"\n  - {_line(inner)}"
        text += "".join(f"\n    - {_line(below)}" for below in (*inner.rows, *folded))
    yield text


def _line(row: Row) -> str:
    text = _text(row.text)
    if row.values and row.values.lines:
        text = f"{text}\n{_fenced(row.values)}"
    elif row.values:
        before, after = code(row.values.before, _VALUE), code(row.values.after, _VALUE)
        text = f"{text}: {before} → {after}"
    return f"**{text}**" if row.tone in _BOLD and row.values is None else text


def _fenced(values: Values) -> str:
    """Write lines as a block of code whose fence is longer than any in them."""
    lines = [f"{sign.replace('−', '-')} {text}" for sign, text in values.lines]
    more = [f"… ({len(lines) - _LINES:,} lines more)"] if len(lines) > _LINES else []
    text = "\n".join(f"    {shortened(one, _NAME)}" for one in [*lines[:_LINES], *more])
    fence = "`" * max(3, 1 + _longest_run(text))
    return f"    {fence}diff\n{text}\n    {fence}"


def _text(text: Text) -> str:
    return "".join(code(part.text, _VALUE) if isinstance(part, Code) else part for part in text)


def code(text: object, limit: int = _NAME) -> str:
    """Write a text as code."""
    shown = shortened(line(text), limit).strip() or "(empty)"
    fence = "`" * (1 + _longest_run(shown))
    space = " " if "`" in (shown[0], shown[-1]) else ""
    return f"{fence}{space}{shown}{space}{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
