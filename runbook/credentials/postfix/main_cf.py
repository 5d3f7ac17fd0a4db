"""Postfix's main.cf: what it says, and the same with other settings and its old ones as comments.

<https://www.postfix.org/postconf.5.html>
"""

from __future__ import annotations

import re
from collections.abc import Iterator

BEGIN = "# BEGIN groundwork: mail through SES"
END = "# END groundwork"
BEFORE = "# Before mail went through SES:"
_ENTRY = re.compile(r"(\w[\w.-]*)\s*=\s*(.*)")


def entries(text: str) -> Iterator[tuple[str, str]]:
    """Yield the settings by name: a line that begins with a blank continues the one before."""
    for lines in _logical(text):
        if match := _ENTRY.match(lines[0]):
            rest = (
                line for line in lines[1:] if line.strip() and not line.lstrip().startswith("#")
            )
            yield match[1], " ".join([match[2], *(line.strip() for line in rest)]).strip()


def on_trial(text: str | None) -> bool:
    """Tell whether mail goes through SES for the first time, or its trial was not ended yet."""
    return text is None or BEGIN not in text or "soft_bounce" in dict(entries(text))


def changed(text: str | None, settings: str) -> str:
    """Put settings into main.cf, and what it had of them into comments.

    Settings that this wrote before are replaced, so that it can be done again with a new password
    or rate. Everything else stays as it is.
    """
    block = f"{BEGIN}\n{settings}{END}\n"
    if text is None:
        return block
    kept = _without_block(text)
    names = {name for name, _ in entries(settings)}
    lines = [line for logical in _logical(kept) for line in _commented(logical, names)]
    body = "".join(lines)
    return f"{body}{'' if body.endswith(chr(10)) or not body else chr(10)}{block}"


def _commented(logical: list[str], names: set[str]) -> list[str]:
    match = _ENTRY.match(logical[0])
    if not match or match[1] not in names:
        return logical
    return [f"{BEFORE}\n", *(f"#{line}" for line in logical)]


def _logical(text: str) -> Iterator[list[str]]:
    """Group the lines of a setting, with the comments between them; other lines stand alone."""
    group: list[str] = []
    ignored: list[str] = []
    for line in text.splitlines(keepends=True):
        if not line.strip() or line.lstrip().startswith("#"):
            ignored.append(line)
        elif line[0] in " \t" and group:
            group += [*ignored, line]
            ignored = []
        else:
            yield from ([group] if group else [])
            yield from ([each] for each in ignored)
            group, ignored = [line], []
    yield from ([group] if group else [])
    yield from ([each] for each in ignored)


def _without_block(text: str) -> str:
    pattern = rf"^{re.escape(BEGIN)}$.*?^{re.escape(END)}$\n?"
    return re.sub(pattern, "", text, flags=re.MULTILINE | re.DOTALL)
