"""Trying again while AWS spreads what it was just told, which takes some seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from botocore.client import BaseClient

Client = TypeVar("Client", bound=BaseClient)
DENIED = ("AccessDenied", "AccessDeniedException")
PAUSE = 3.0
"""Seconds between two tries."""
TRIES = 10


def retry(attempt: Callable[[], object], tries: int, expected: tuple[type[Exception], ...]) -> None:
    """Try until it succeeds. Raise what is not expected at once, and the last error at the end."""
    for left in reversed(range(tries)):
        try:
            attempt()
        except expected:
            if not left:
                raise
            time.sleep(PAUSE)
        else:
            return


def retry_until_allowed(client: Client) -> Client:
    """Let a client repeat every call that is denied, for half a minute.

    The function's policy is often made by the same deployment, seconds before the call.
    <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>
    """
    # botocore sleeps for what the handler returns, which its type hints do not know.
    register = cast("Callable[[str, object], None]", client.meta.events.register)
    register("needs-retry", pause_if_denied)
    return client


Response = tuple[object, Mapping[str, Mapping[str, object]]]


def pause_if_denied(response: Response | None, attempts: int, **_: object) -> float | None:
    """Tell botocore for how long to wait before the next try; None for no other try."""
    if not response or attempts >= TRIES:
        return None
    code = response[1].get("Error", {}).get("Code")
    return PAUSE if code in DENIED else None
