"""A setting that CloudFormation has no resource for: made, remembered and put back."""

from __future__ import annotations

from typing import Protocol, TypedDict, TypeVar

import boto3

from .cloudformation import Event
from .retry import retry_until_allowed
from .saved_state import SavedState, State


class SettingProperties(TypedDict):
    """What every setting's resource says."""

    SavedState: str
    """The name of the parameter where what was found is saved."""


Properties = TypeVar("Properties", bound=SettingProperties)


class Setting(Protocol[State]):
    """One setting of the account, as the request asks for it."""

    def read(self) -> State:
        """Return what is to be put back later. Raise `Failure` where nothing can be set."""

    def apply(self) -> None:
        """Set it. Doing so again changes nothing."""

    def restore(self, state: State) -> None:
        """Put back what was read, where nobody has changed it since."""


def saved_state(event: Event[Properties]) -> SavedState[State]:
    """Return where the request's resource saves what it found."""
    ssm = retry_until_allowed(boto3.client("ssm"))
    return SavedState(ssm, event["ResourceProperties"]["SavedState"])


def handle(event: Event[Properties], setting: Setting[State]) -> None:
    """Serve one request."""
    saved: SavedState[State] = saved_state(event)
    if event["RequestType"] == "Delete":
        remove(setting, saved)
    else:
        make(setting, saved)


def make(setting: Setting[State], saved: SavedState[State]) -> None:
    """Save what was there before, then set what is asked for."""
    saved.save(setting.read())
    setting.apply()


def remove(setting: Setting[State], saved: SavedState[State]) -> None:
    """Put back what was there before, if the setting was ever made."""
    before = saved.load()
    if before is not None:
        setting.restore(before)
    saved.clear()
