"""Drift in a review: in its head, and between the review and its execution.

An ordinary change set says nothing of it: CloudFormation compares the file with what was deployed,
overwrites what it touches and leaves the rest.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html>
"""

from __future__ import annotations

import json

from rich.console import Console
from rich.text import Text

from runbook.base.errors import UserError
from runbook.changes.review import Review, StackAction, StackReview, item_of
from runbook.drift import deployed, look
from runbook.drift.change import Change, Drift
from runbook.drift.words import described, unknown

ADVICE = (
    "Prepare and review again: the new review has it in its head. Or take it back first: "
    "groundwork drift --revert"
)


def with_drift(console: Console, review: Review) -> Review:
    """Return a review with what was changed behind its back in the stacks that it updates."""
    with console.status("Looking for what was changed in the console"):
        return review.model_copy(update={"drift": _of(review)})


def refuse_new(console: Console, review: Review) -> None:
    """Refuse to execute what was reviewed on other ground: what it changes was changed since.

    What was changed elsewhere is said, and so is what nobody could be asked about.
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
    if touched := [change for change in new if _place(change) in concerned]:
        raise UserError(f"What the review changes was changed since:\n{_lines(touched)}", ADVICE)
    return new


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
