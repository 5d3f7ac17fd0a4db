"""Errors for the person at the terminal."""

from __future__ import annotations


class UserError(Exception):
    """What went wrong, in words, and what to do about it. Shown without a traceback."""

    def __init__(self, message: str, advice: str = "") -> None:
        self.message = message
        self.advice = advice
        super().__init__("\n".join(filter(None, (message, advice))))
