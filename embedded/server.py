"""The embedded AWS's own process: our extension first, then ministack. `embedded.start` runs it."""

from __future__ import annotations

import sys

from embedded import gaps, smtp
from embedded.gaps._ministack import app


def main() -> None:
    """Serve until terminated, configured by the environment that `embedded.start` prepares."""
    gaps.install()
    # ministack also takes port 443 where it can. Nothing here needs it, and it is not ours to take.
    app._port_is_bindable = lambda *_: False
    smtp.listen()
    sys.argv = ["ministack"]
    app.main()


if __name__ == "__main__":
    main()
