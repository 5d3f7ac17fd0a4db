"""Waiting for CloudFormation, which tells nobody when it is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from runbook.base.aws import LOOPBACK

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

Answer = TypeVar("Answer")


def poll(
    client: CloudFormationClient, ask: Callable[[], Answer], done: Callable[[Answer], bool]
) -> Answer:
    """Ask until it is done. CloudFormation allows few calls a second; one's own machine, many."""
    local = client.meta.endpoint_url.startswith(LOOPBACK)
    pause, longest = (0.05, 0.5) if local else (2.0, 2.0)
    while not done(answer := ask()):
        time.sleep(pause)
        pause = min(pause * 1.5, longest)
    return answer
