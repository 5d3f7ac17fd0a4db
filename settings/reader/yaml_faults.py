"""What is wrong with a file's text before it says anything: its characters, and its YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from settings.diagnostics import Diagnostic, Position

if TYPE_CHECKING:
    import yaml
    from yaml._yaml import Mark as CMark

    Mark = yaml.Mark | CMark

_LARGEST = 5_000_000
"""Characters in a file: far above a file of a thousand senders."""
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
"""What YAML takes for the end of a line, and editors do not."""


def unreadable(text: str) -> Diagnostic | None:
    """Return why a text is not even looked into as YAML, or None."""
    if len(text) > _LARGEST:
        return Diagnostic(1, 1, "", f"the file has more than {_LARGEST:,} characters")
    if found := _LINE_ENDS.search(text):
        return no_text(text, found.start(), ord(found[0]))
    return None


def no_text(text: str, index: int, code: int) -> Diagnostic:
    """Say that a character does not belong into a text file."""
    before = text[:index]
    place = Position(before.count("\n") + 1, index - before.rfind("\n"))
    return Diagnostic(*place, "", f"{character(code)}, which a text file does not have")


def character(code: int) -> str:
    """Name a character that cannot be shown."""
    return f"found the character U+{code:04X}"


def position(mark: Mark | None) -> Position:
    """Return a place as editors count it: YAML's marks begin with zero."""
    return Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)


_REASONS = {
    "mapping values are not allowed in this context": (
        "a colon too many, or wrong indentation; text with a colon goes between quotes"
    ),
    "did not find expected key": "wrong indentation, or a bracket or quote that is not closed",
    "did not find expected '-' indicator": "wrong indentation, or a missing - of the list",
    "did not find expected ',' or ']'": "a comma or the closing ] is missing",
    "did not find expected ',' or '}'": "a comma or the closing } is missing",
    "did not find expected node content": "a value is missing, or needs quotes",
    "could not find expected ':'": "a name without its colon and value",
    "found unexpected end of stream": "a quote is not closed",
    # Of an anchor or alias without a name, as in [*@example.org].
    "did not find expected alphabetic or numeric character": (
        "a value that starts with * or & goes between quotes"
    ),
}


def not_yaml(text: str, error: yaml.MarkedYAMLError) -> Diagnostic:
    """Say what is wrong in words that name what to fix; where something is open, at its start."""
    problem = error.problem or ""
    unclosed = problem.endswith(("end of stream", "']'", "'}'"))
    mark = error.context_mark if unclosed else error.problem_mark
    return Diagnostic(*position(mark), "", f"this is not YAML: {_reason(problem, text, mark)}")


def _reason(problem: str, text: str, mark: Mark | None) -> str:
    if problem != "found character that cannot start any token" or not mark:
        return _REASONS.get(problem, problem)
    line = text.split("\n")[mark.line] if mark.line <= text.count("\n") else ""
    first = line[mark.column : mark.column + 1]
    if first == "\t":
        return "a tab; indent with spaces"
    return f"a value that starts with {first} goes between quotes"
