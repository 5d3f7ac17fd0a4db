"""What a review is laid out in: alerts, stacks, sections and rows, the same for every renderer.

A text is made of our own words and of `Code`: what a template, a file or AWS supplied. A renderer
shows code as it is, and never as markup or as a command to the terminal.
"""

from __future__ import annotations

from dataclasses import dataclass

from runbook.changes.outcome import Alert, Tone


@dataclass(frozen=True)
class Code:
    """A text that somebody else wrote."""

    text: str


Text = tuple[str | Code, ...]


@dataclass(frozen=True)
class Values:
    """A value before and after, in a line each, or as the lines that differ with their signs."""

    before: str
    after: str
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Row:
    """One thing to read, with what belongs to it below."""

    text: Text
    sign: str = ""
    tone: Tone = Tone.PLAIN
    values: Values | None = None
    rows: tuple[Row, ...] = ()
    """Always shown with it."""
    details: tuple[Row, ...] = ()
    """Folded: shown when all is asked for."""
    holds_data: bool = False


@dataclass(frozen=True)
class Section:
    """Rows under a title. A folded one is shown as its summary until all is asked for."""

    title: str
    rows: tuple[Row, ...]
    folded: bool = False
    summary: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class StackView:
    """One stack and what happens to it."""

    name: str
    happening: Text
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class View:
    """A whole review. Alerts are never folded and never cut."""

    title: Text
    headline: str
    tone: Tone
    alert: Alert
    alerts: tuple[Section, ...]
    overview: Section
    stacks: tuple[StackView, ...]
    origin: Section
