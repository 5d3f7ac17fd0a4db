"""Where the `groundwork` command begins, and how it ends whatever its terminal is."""

from __future__ import annotations

import io
import os
import sys


def main() -> None:
    """Load the command and run it. Interrupted while it is still loading, it just ends."""
    _prepare_output()
    status: object = 0
    try:
        from runbook.cli import run

        run()
    except KeyboardInterrupt:
        status = 130
    except SystemExit as end:
        status = end.code
    sys.exit(_flushed(status))


def _prepare_output() -> None:
    """Print to closed streams and in every locale: what a terminal cannot show is escaped."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _flushed(status: object) -> int | str | None:
    """Write what is left. A reader that has gone is no fault; a full disk is one."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
    except OSError as error:
        _drop_output()
        print(f"Standard output cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    return status if isinstance(status, (int, str)) else None


def _drop_output() -> None:
    """Keep the interpreter from trying, and complaining, once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
