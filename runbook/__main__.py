"""Where the `groundwork` command begins: interrupted while it is still loading, it just ends."""

from __future__ import annotations

import sys


def main() -> None:
    """Load the command and run it."""
    try:
        from runbook.cli import run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
