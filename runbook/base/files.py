"""Files that a person asks a command to write."""

from __future__ import annotations

import sys
from pathlib import Path

from runbook.base.errors import UserError


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
