"""Handing a secret over: to a file that its owner alone reads, or to a pipe; not to a screen."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from runbook.base.errors import UserError


def deliver(text: str, to: Path | None, *, reveal: bool = False) -> None:
    """Write a secret to a file, or to standard output: in UTF-8, and with nothing beside it.

    A terminal keeps what it shows, and so does whoever looks over a shoulder: it needs `reveal`.
    """
    if to:
        write(to, text)
    elif sys.stdout.isatty() and not reveal:
        raise UserError(
            "This is a secret, and standard output is a terminal.",
            "Send it to a file with --to FILE, or through a pipe. To see it here: --reveal",
        )
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()


def write(file: Path, text: str, mode: int = 0o600) -> None:
    """Write a file in one step. What was there before stays until the new one is whole.

    What the system refuses is an OSError that names the file.
    """
    try:
        _replace(file, text, mode)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from None


def _replace(file: Path, text: str, mode: int) -> None:
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    staged = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        staged.chmod(mode)
        staged.replace(file)
    except BaseException:
        staged.unlink(missing_ok=True)
        raise
