"""What AWS does and ministack does not, one module a gap.

Each has a test that fails as soon as ministack closes the gap by itself: then the module goes.
"""

from __future__ import annotations

from importlib import import_module

GAPS = ("email_identities", "receipt_rules", "secret_ref")


def install() -> None:
    """Extend the ministack of this process, once, before it serves."""
    for name in GAPS:
        import_module(f"{__name__}.{name}").install()
