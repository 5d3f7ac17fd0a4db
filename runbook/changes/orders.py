"""What the state machine of the access stack would do for a review, and nothing else.

A state machine takes 256 KiB at a time and compares no digests of long texts: so it reads this
small extract, whose checksum S3 keeps and every approval names.
<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from runbook.base.errors import UserError
from runbook.changes.guards import stack_policy
from runbook.changes.parts import Effect
from runbook.changes.review import Review, StackAction, StackReview
from runbook.drift.change import Sort
from settings.contract import ORDERS_FORMAT
from settings.plan.stack import StackId

MOST_BYTES = 120_000
"""What leaves room for as much again, which the state machine reads of the change sets."""


class _Order(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StackOrder(_Order):
    """One change set, and the stack policies around its execution."""

    name: str
    region: str
    stack: str
    change_set: str
    wave: int
    """Stacks of one wave depend on nothing but those of earlier waves."""
    creates: bool
    meanwhile: str
    """The stack policy while it is executed; a stack that is created has none yet."""
    afterwards: str
    """The stack policy from then on, whichever way it ended."""
    items: tuple[str, ...]
    """The area and the items of the file that change, by which groups of approvers are asked."""
    drifted: tuple[str, ...]
    """What the review says was changed outside CloudFormation, of what is there and changes:
    `Bucket.Versioning`."""


class Orders(_Order):
    """Everything that the execution of a review does."""

    format: int
    review: str
    stacks: tuple[StackOrder, ...]

    def text(self) -> str:
        """Return the orders as they are kept."""
        text = self.model_dump_json() + "\n"
        if len(text) > MOST_BYTES:
            raise UserError(
                f"The change is too large for one execution: {len(text):,} bytes; "
                f"{MOST_BYTES:,} are possible.",
                "Prepare some of the stacks at a time: groundwork changes prepare STACK …",
            )
        return text


def checksum(text: str) -> str:
    """Return the SHA-256 of a text as S3 writes it."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def orders_of(review: Review) -> Orders:
    """Return what follows from a review. The same review always gives the same orders."""
    waves = _waves(review)
    ordered = (_order(review, stack, waves[stack.name]) for stack in review.changed)
    return Orders(format=ORDERS_FORMAT, review=review.id, stacks=tuple(ordered))


def _order(review: Review, stack: StackReview, wave: int) -> StackOrder:
    leaving = {change.logical_id for change in stack.changes if change.leaves}
    return StackOrder(
        name=stack.name,
        region=stack.region,
        stack=stack.stack_id or "",
        change_set=stack.change_set or "",
        wave=wave,
        creates=stack.action is StackAction.CREATE,
        meanwhile=_policy({*stack.holds} - leaving),
        afterwards=_policy({*stack.holds, *stack.will_hold}),
        items=touched(stack),
        drifted=tuple(sorted(_drifted(review, stack))),
    )


def there(stack: StackReview) -> dict[str, str]:
    """Return the logical ids of what is there and changes, by its place."""
    new = (Effect.ADD, Effect.IMPORT)
    return {change.place: change.logical_id for change in stack.changes if change.effect not in new}


def _drifted(review: Review, stack: StackReview) -> Iterator[str]:
    """Yield what the state machine would find changed, as it writes it."""
    ids = there(stack)
    for change in review.drift.changes:
        if change.stack == stack.name and (logical_id := ids.get(change.place)):
            yield logical_id if change.sort is Sort.DELETED else f"{logical_id}.{change.what}"


def touched(stack: StackReview) -> tuple[str, ...]:
    """Return the area and the items that a stack's change touches, as `access.groups` has them."""
    known = StackId.in_any_environment(stack.name)
    area = known.area.value if known else stack.name
    items = {change.item for change in stack.changes} | {each.item for each in stack.declared}
    below = (each if each.startswith(f"{area}/") else f"{area}/{each}" for each in items)
    return (area, *sorted(below))


def _policy(guarded: set[str]) -> str:
    return json.dumps(stack_policy(guarded), separators=(",", ":"))


def _waves(review: Review) -> dict[str, int]:
    """Return how many stacks, one after the other, come before each."""
    waiting = {stack.name: {*stack.depends_on} for stack in review.changed}
    waves: dict[str, int] = {}
    while waiting:
        ready = [name for name, before in waiting.items() if not before & waiting.keys() - {name}]
        if not ready:
            raise UserError(f"The stacks depend on each other: {', '.join(sorted(waiting))}.")
        number = max(waves.values(), default=-1) + 1
        waves |= dict.fromkeys(ready, number)
        waiting = {name: before for name, before in waiting.items() if name not in ready}
    return waves
