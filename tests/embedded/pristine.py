"""Ministack as it comes, started as the embedded AWS is, but without its gaps closed."""

import sys

from embedded.gaps._ministack import app

if __name__ == "__main__":
    sys.argv = ["ministack"]
    app._port_is_bindable = lambda *_: False
    app.main()
