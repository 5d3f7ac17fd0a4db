"""Waiting, for tests that want to know of it and none of it.

`time.sleep` is one function for every thread of a process, and the embedded AWS, which some tests
load into their own, has threads that sleep and look: unable to sleep they would spin, and be
counted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest


def replaced(patch: pytest.MonkeyPatch, sleep: Callable[[float], None]) -> None:
    """Have this thread call `sleep(seconds)` wherever it would wait; all others sleep as before."""
    real, ours = time.sleep, threading.current_thread()

    def chosen(seconds: float) -> None:
        (sleep if threading.current_thread() is ours else real)(seconds)

    patch.setattr("time.sleep", chosen)
