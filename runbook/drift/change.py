"""One thing that was changed outside of CloudFormation, in the words of a review."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from settings.plan.stack import StackId


class Sort(StrEnum):
    """What a change is about, the most dangerous first."""

    ACCESS = "who may do what"
    NETWORK = "who may connect"
    DATA = "data"
    DELETED = "deleted"
    MAIL = "mail"
    OTHER = "everything else"


class Change(BaseModel):
    """What is otherwise than it was deployed. Its words never hold a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stack: str
    region: str
    place: str
    """Where the application has it: the item's place, and the resource below it."""
    sort: Sort
    what: str
    """The property, or what is beside those that the file declares."""
    was: object = None
    """As it was deployed; None where there was nothing."""
    now: object = None
    """As it is; None where there is nothing."""
    reversible: bool = True
    """Whether a drift-aware change set takes it back. Otherwise somebody does it by hand."""

    @property
    def item(self) -> str:
        """The item of the file that it belongs to, as `groundwork adopt --only` takes it."""
        stack = StackId.in_any_environment(self.stack)
        return "/".join((*([stack.area] if stack else []), *self.place.split("/")[:2]))


class Unasked(BaseModel):
    """A part of a stack of which nobody knows whether it was changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stack: str
    what: str
    why: str


class Drift(BaseModel):
    """What one look at some stacks found, the most dangerous first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    changes: tuple[Change, ...] = ()
    unasked: tuple[Unasked, ...] = ()
