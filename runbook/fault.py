"""Errors for the person at the terminal."""

from __future__ import annotations


class Fault(Exception):  # noqa: N818 - it is what the person reads, and not always an error of theirs
    """What went wrong, in words, and what to do about it. Shown without a traceback."""

    def __init__(self, message: str, advice: str = "") -> None:
        self.message = message
        self.advice = advice
        super().__init__("\n".join(filter(None, (message, advice))))
