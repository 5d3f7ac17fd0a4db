"""SES's account-wide calls, of which it takes one a second.

<https://docs.aws.amazon.com/ses/latest/APIReference/throttling.html>
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from .cloudformation import Failure

SECONDS = 1.0
"""Between two calls."""
PATIENT = Config(retries={"mode": "standard", "max_attempts": 8})
"""A call that is throttled all the same is repeated, later and later."""


def paced(client: Any) -> Any:
    """Let a client wait before each call but its first."""
    called: list[str] = []

    def wait(model: Any, **_: Any) -> None:
        if called:
            time.sleep(SECONDS)
        called.append(model.name)

    client.meta.events.register("before-parameter-build", wait)
    return client


@contextmanager
def advising(advice: str) -> Iterator[None]:
    """Put beside AWS's words on a refusal what a person can do about it."""
    try:
        yield
    except ClientError as error:
        said = error.response["Error"]
        raise Failure(
            f"{error.operation_name}: {said['Code']}: {said['Message'].rstrip('.')}. {advice}"
        ) from None
