"""What is wrong with a file, for the person who can fix it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

Location = tuple[str | int, ...]
"""The way to a value: the names and list positions that lead to it from the top."""


class Position(NamedTuple):
    """A place in the file, as editors count: from one."""

    line: int
    column: int


class Diagnostic(NamedTuple):
    """One thing to fix, and where."""

    line: int
    column: int
    path: str
    message: str


MOST_LINES = 100
"""What is printed of a file's faults: the others show once these are fixed."""


class ConfigurationError(Exception):
    """The file cannot be used. `faults` has every reason, in the order of the file.

    Whatever the file holds, the text is fit for a terminal: one line a fault, of bounded length,
    without control characters.
    """

    def __init__(self, file: str, faults: Iterable[Diagnostic]) -> None:
        self.file = printable(file)
        once = dict.fromkeys(_printable(fault) for fault in faults)
        self.faults = sorted(once, key=lambda fault: (fault.line, fault.column))
        lines = [self._line(fault) for fault in self.faults[:MOST_LINES]]
        if (more := len(self.faults) - MOST_LINES) > 0:
            lines.append(f"{self.file}: and {more:,} more")
        super().__init__("\n".join(lines))

    def _line(self, fault: Diagnostic) -> str:
        path = f"{fault.path}: " if fault.path else ""
        return f"{self.file}:{fault.line}:{fault.column}: {path}{fault.message}"


def dotted(location: Location) -> str:
    """Write a location as one would type it: mail.senders.credere.from[0]."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if re.fullmatch(r"[\w@+-]{1,60}", part) else quoted(part)
            text += f".{name}" if text else name
    return text


def quoted(text: str) -> str:
    """Put text between quotes, cut where it would fill the terminal."""
    return f'"{shortened(text)}"'


def shortened(text: str) -> str:
    """Cut a text after 60 characters."""
    return text if len(text) <= 60 else f"{text[:59]}…"


def listed(names: Iterable[str]) -> str:
    """Write names one after the other, the first twenty of them."""
    every = [shortened(name) for name in names]
    more = f" and {len(every) - 20} more" if len(every) > 20 else ""
    return ", ".join(every[:20]) + more or "none yet"


def printable(text: str) -> str:
    r"""Write what a terminal would obey or hide as an escape: \x1b, \u202e."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _printable(fault: Diagnostic) -> Diagnostic:
    return fault._replace(path=printable(fault.path), message=printable(fault.message))
