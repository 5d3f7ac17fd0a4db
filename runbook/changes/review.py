"""The review: what one preparation would do to every stack, as one file with one digest."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class Effect(StrEnum):
    """What happens to a resource. Certain and possible replacements are kept apart."""

    ADD = "added"
    CHANGE = "changed"
    MAY_REPLACE = "possibly replaced"
    REPLACE = "replaced"
    DELETE = "deleted"
    RETAIN = "left behind"
    IMPORT = "imported"


class Verdict(StrEnum):
    """What happens to the data that a resource holds."""

    KEPT = "data kept"
    SNAPSHOT = "snapshot taken, then deleted"
    LOST = "data lost"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Difference(_Record):
    """One value of a resource before and after; None where there is none. Secrets are masked."""

    path: str
    before: Any = None
    after: Any = None


class ResourceChange(_Record):
    """What happens to one resource."""

    logical_id: str
    type: str
    place: str
    """The construct's path below its stack, which starts with the item's place in the file."""
    effect: Effect
    verdict: Verdict | None = None
    """None for what holds no data."""
    differences: tuple[Difference, ...] = ()


class Grant(_Record):
    """Something that somebody may do, or an address that may connect."""

    holder: str
    allows: str
    on: str
    condition: str = ""


class Opening(_Record):
    """Grants that a change adds and takes away."""

    gained: tuple[Grant, ...] = ()
    lost: tuple[Grant, ...] = ()


class StackAction(StrEnum):
    """What happens to a stack as a whole."""

    CREATE = "created"
    UPDATE = "updated"
    NOTHING = "unchanged"


class StackReview(_Record):
    """What happens to one stack, and what pins that down."""

    name: str
    region: str
    action: StackAction
    depends_on: tuple[str, ...] = ()
    stack_id: str | None = None
    change_set: str | None = None
    """Its ARN: a name can be taken by another change set, an ARN cannot."""
    template_digest: str | None = None
    """SHA-256 of the template that CloudFormation holds for the change set."""
    stack_state: str | None = None
    """When CloudFormation last changed the stack, as it says itself."""
    parameters: dict[str, str] = {}
    assets: tuple[str, ...] = ()
    termination_protection: bool = True
    changes: tuple[ResourceChange, ...] = ()
    permissions: Opening = Opening()
    network: Opening = Opening()

    @property
    def losses(self) -> tuple[ResourceChange, ...]:
        """Return the changes after which data is gone."""
        return tuple(change for change in self.changes if change.verdict is Verdict.LOST)


class Review(_Record):
    """Everything that one preparation would do."""

    version: int = 1
    id: str
    account: str
    configuration: str
    revision: str | None
    prepared_by: str
    prepared_at: datetime
    execute_before: datetime
    stacks: tuple[StackReview, ...]

    @property
    def changed(self) -> tuple[StackReview, ...]:
        """Return the stacks to which something happens."""
        return tuple(stack for stack in self.stacks if stack.change_set)

    def digest(self) -> str:
        """Return the SHA-256 of the review, over a form that does not depend on how it is written."""
        return digest_of(self.model_dump(mode="json"))


def digest_of(document: Any) -> str:
    """Return the SHA-256 of a document, whatever the order of its keys."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
