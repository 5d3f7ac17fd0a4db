"""Files that a person asks a command to read or write."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from runbook.base.errors import UserError


def read(file: Path) -> str:
    """Return a file's text, or say where it is none. What the system refuses is an OSError."""
    content = file.read_bytes()
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"{file}, line {line}: this is not UTF-8.",
            f"Write it anew: iconv -f latin1 -t utf-8 {shlex.quote(str(file))} > FILE",
        ) from None


def write(file: Path, text: str) -> None:
    """Write a file, its folder too, and say so beside what a program reads."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"{file} cannot be written: {error.strerror}.", "Name another file."
        ) from None
    print(f"Written: {file}", file=sys.stderr)
