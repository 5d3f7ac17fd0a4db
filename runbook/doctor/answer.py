"""What a check answers: one line, and what to do where something is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError

from runbook.base import aws
from runbook.base.failures import EXPIRED

_ACTION = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)")


class State(StrEnum):
    """How it stands."""

    RIGHT = "right"
    WRONG = "wrong"
    UNASKED = "cannot be asked"


@dataclass(frozen=True)
class Answer:
    """One thing of the account, in words, and what to do about it."""

    text: str
    state: State = State.RIGHT
    advice: str = ""


def wrong(text: str, advice: str) -> Answer:
    """Return what would fail, or would not be what the file says."""
    return Answer(text, State.WRONG, advice)


def unasked(error: ClientError | BotoCoreError) -> Answer:
    """Return why something cannot be known, with the permission that is missing."""
    if isinstance(error, BotoCoreError):
        return Answer(str(error), State.UNASKED, "Check the network, and a proxy.")
    code, reason = aws.code(error), aws.reason(error)
    if aws.is_denied(error):
        named = _ACTION.search(reason)
        action = named[1] if named else error.operation_name
        return Answer(
            f"{action} is not allowed", State.UNASKED, "Ask with the reader's role, or add it."
        )
    if code in EXPIRED:
        return Answer(
            f"the region does not take these credentials: {reason}",
            State.UNASKED,
            "Enable the region in the account's settings, or sign in again.",
        )
    return Answer(f"{error.operation_name}: {reason or code}", State.UNASKED)
