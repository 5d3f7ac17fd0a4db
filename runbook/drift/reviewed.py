"""Drift in a review: in its head, and between the review and its execution.

An ordinary change set says nothing of it: CloudFormation compares the file with what was deployed,
overwrites what it touches and leaves the rest.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html>
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from runbook.base.errors import UserError
from runbook.changes.parts import item_of
from runbook.changes.review import Review, StackAction, StackReview
from runbook.drift import deployed, look
from runbook.drift.change import Change, Drift, Unasked
from runbook.drift.words import described, unknown

ADVICE = (
    "Prepare and review again: the new review has it in its head. Or take it back first: "
    "groundwork drift --revert"
)
AGAIN = (
    "It could be compared for the review. Run the command again; if AWS still refuses, prepare and "
    "review again: the new review has it in its head."
)


def with_drift(console: Console, review: Review) -> Review:
    """Return a review with what was changed behind its back in the stacks that it updates."""
    with console.status("Looking for what was changed in the console"):
        return review.model_copy(update={"drift": _of(review)})


def refuse_new(console: Console, review: Review) -> None:
    """Refuse to execute what was reviewed on other ground.

    What it changes was changed since, or nobody can tell any more: closed, as the state machine is.
    What was changed elsewhere, or could not be told for the review either, is said and stops
    nothing: the review has it in its head.
    """
    with console.status("Looking for what was changed since the review"):
        found = _of(review)
    new = _refused(review, found)
    if new:
        text = f"Changed since the review, in what it leaves alone:\n{_lines(new)}"
        console.print(Text(text), soft_wrap=True)
    for item in found.unasked:
        console.print(Text(f"Not known whether it was changed: {unknown(item)}"), soft_wrap=True)


def refuse_new_in(review: Review, stack: StackReview) -> None:
    """Refuse to execute a stack's change set, if what it changes was changed since the review."""
    _refused(review, _of(review, stack))


def _refused(review: Review, found: Drift) -> list[Change]:
    """Return what was changed since elsewhere than in what the review changes: that is refused."""
    known = {_identity(change) for change in review.drift.changes}
    new = [change for change in found.changes if _identity(change) not in known]
    concerned = {f"{s.name}/{change.item}" for s in review.changed for change in s.changes}
    touched = [change for change in new if _place(change) in concerned]
    said = {(item.stack, item.what) for item in review.drift.unasked}
    unasked = [item for item in found.unasked if (item.stack, item.what) not in said]
    if touched or unasked:
        raise UserError("\n".join(_refusal(touched, unasked)), ADVICE if touched else AGAIN)
    return new


def _refusal(touched: list[Change], unasked: list[Unasked]) -> Iterator[str]:
    if touched:
        yield f"What the review changes was changed since:\n{_lines(touched)}"
    if unasked:
        yield "What the review changes cannot be compared with what is there:"
        yield from (f"  {unknown(item)}" for item in unasked)


def _of(review: Review, *stacks: StackReview) -> Drift:
    of = stacks or review.changed
    updated = [stack for stack in of if stack.action is StackAction.UPDATE]
    return look.at(deployed.stacks((stack.region, stack.name) for stack in updated))


def _identity(change: Change) -> tuple[str, str, str, str]:
    """Return what makes it the same change: AWS answers with lists in any order."""
    now = change.now
    ordered = sorted(map(json.dumps, now)) if isinstance(now, list) else json.dumps(now)
    return change.stack, change.place, change.what, str(ordered)


def _place(change: Change) -> str:
    return f"{change.stack}/{item_of(change.place)}"


def _lines(changes: list[Change]) -> str:
    return "\n".join(f"  {text}" for change in changes for text in described(change))
