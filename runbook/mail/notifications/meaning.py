"""What one value of a notification means."""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """A value of a notification in plain words.

    `advice` is empty where there is nothing to do, or where another value of the same notification
    has the advice.
    """

    text: str
    advice: str = ""
