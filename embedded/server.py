"""The embedded AWS's own process: our extension first, then ministack. `embedded.start` runs it."""

from __future__ import annotations

import gc
import sys

from embedded import gaps, smtp
from embedded.gaps._ministack import app


def main() -> None:
    """Serve until terminated, configured by the environment that `embedded.start` prepares."""
    gaps.install()
    # ministack also takes port 443 where it can. Nothing here needs it, and it is not ours to take.
    app._port_is_bindable = lambda *_: False
    smtp.listen()
    # What was imported stays: it need not be looked through for garbage each time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    sys.argv = ["ministack"]
    app.main()


if __name__ == "__main__":
    main()
