"""Names and values as people read them, in any presentation.

They come from templates, which anybody may have written: `visible` makes every character of theirs
show, so that none moves the cursor, reorders a line or hides in it.
"""

from __future__ import annotations

import difflib
import json
from datetime import datetime

from settings.diagnostics import printable

_CONTEXT = 2


def visible(text: object) -> str:
    """Write out what would not show: control characters, direction marks, odd spaces."""
    return "\n".join(map(printable, str(text).split("\n")))


def line(text: object) -> str:
    """Write a text in one line."""
    return visible(text).replace("\n", "\\n")


def shortened(text: str, limit: int) -> str:
    """Cut a text that is too long, and say how much is not shown."""
    hidden = len(text) - limit
    return text if hidden <= 0 else f"{text[:limit]}… ({hidden:,} characters more)"


def moment(when: datetime) -> str:
    """Write a moment: 2026-09-30 10:15 UTC."""
    return f"{when:%Y-%m-%d %H:%M %Z}"


def size(number: float) -> str:
    """Write a number of bytes: 41 GiB."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if number < 1024:
            return f"{number:,.3g} {unit}"
        number /= 1024
    return f"{number:,.3g} TiB"


def value(item: object) -> str:
    """Write a value: text as it is, a reference in words, anything else as JSON."""
    match item:
        case None:
            return ""
        case str():
            return visible(item)
    indent = 2 if isinstance(item, dict | list) else None
    return visible(json.dumps(item, indent=indent, ensure_ascii=False, sort_keys=True))


def scalar(item: object) -> str:
    """Write a value in one line, also where there is none."""
    if item is None:
        return "(none)"
    return line(value(item)) or '""'


def flow(item: object) -> str:
    """Write a value in one line as a file may have it: [a, b], {daily: 100, monthly: 2000}."""
    match item:
        case dict():
            return f"{{{', '.join(f'{line(key)}: {flow(inner)}' for key, inner in item.items())}}}"
        case list():
            return f"[{', '.join(map(flow, item))}]"
    return scalar(item)


def compared(before: object, after: object) -> list[tuple[str, str]]:
    """Return the lines that differ, and some around them: a sign ("−", "+", " ", "…") and text."""
    signs = {"-": "−"}
    lines: list[tuple[str, str]] = []
    sides = value(before).splitlines(), value(after).splitlines()
    for text in list(difflib.unified_diff(*sides, n=_CONTEXT, lineterm=""))[2:]:
        if text.startswith("@@"):
            lines += [("…", "")] if lines else []
        else:
            lines.append((signs.get(text[0], text[0]), text[1:]))
    return lines
