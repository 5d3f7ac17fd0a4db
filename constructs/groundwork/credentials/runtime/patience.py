"""Waiting for AWS to know everywhere what it was just told, which takes some seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

from botocore.exceptions import ClientError

PAUSE = 3.0
"""Seconds between two tries."""

DENIED = ("AccessDenied", "AccessDeniedException")


def patiently(
    attempt: Callable[[], object], tries: int, expected: Callable[[Exception], bool]
) -> None:
    """Try until it succeeds. Raise what is not expected at once, and the last error at the end."""
    for left in reversed(range(tries)):
        try:
            attempt()
        except Exception as error:
            if not left or not expected(error):
                raise
            time.sleep(PAUSE)
        else:
            return


def until_allowed(attempt: Callable[[], object]) -> None:
    """Wait for the function's own policy, which the same deployment may have changed."""
    patiently(attempt, 10, _is_denied)


def _is_denied(error: Exception) -> bool:
    return isinstance(error, ClientError) and error.response["Error"]["Code"] in DENIED
