"""SES's account-wide calls, of which it takes one a second.

<https://docs.aws.amazon.com/ses/latest/APIReference/throttling.html>
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.config import Config
from botocore.exceptions import ClientError

from .cloudformation import Failure, words_of
from .retry import Client

SECONDS = 1.0
"""Between two calls."""
RETRIES = Config(retries={"mode": "standard", "max_attempts": 8})
"""A call that is throttled all the same is repeated, later and later."""


def rate_limited(client: Client) -> Client:
    """Let a client wait before each call but its first."""
    called = False

    def wait(**_: object) -> None:
        nonlocal called
        if called:
            time.sleep(SECONDS)
        called = True

    client.meta.events.register("before-parameter-build", wait)
    return client


@contextmanager
def explain_refusal(advice: str) -> Iterator[None]:
    """Put beside AWS's words on a refusal what a person can do about it."""
    try:
        yield
    except ClientError as error:
        raise Failure(f"{words_of(error).rstrip('.')}. {advice}") from None
