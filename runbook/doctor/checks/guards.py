"""What keeps a stack's data from an update that nobody approved: its policy, and its protection.

An execution lifts the policy for what was approved, and puts it back. Where that was killed, or
where somebody set another policy, nothing else says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from runbook.changes.change_set import find_stack
from runbook.changes.guards import unguarded
from runbook.doctor.answer import Answer, State, wrong
from runbook.doctor.place import Place
from settings.contract import is_described_as_ours

ADVICE = (
    "groundwork changes execute, with the id of the review that was executed last, puts it back; "
    "so does the next change of the stack."
)

NOT_MADE = ("CREATE_FAILED", "DELETE_", "REVIEW_", "ROLLBACK_")
"""How the status of a stack begins that holds nothing yet, or nothing any more."""


def look(place: Place) -> Iterator[Answer]:
    """Say of each deployed stack whether its data is guarded."""
    for plan in place.plans:
        found = find_stack(place.cloudformation, plan.name)
        if found is None or not is_described_as_ours(found.get("Description", "")):
            continue
        if found["StackStatus"].startswith(NOT_MADE):
            continue
        if found["StackStatus"].endswith("_IN_PROGRESS"):
            yield Answer(f"{plan.name} is being changed", State.UNASKED, "Ask again afterwards.")
            continue
        lacking = [f"{name} can be replaced" for name in unguarded(place.cloudformation, plan.name)]
        if not found.get("EnableTerminationProtection"):
            lacking.append("it can be deleted")
        if lacking:
            yield wrong(f"{plan.name} is not guarded: {', '.join(lacking)}", ADVICE)
        else:
            yield Answer(f"{plan.name}: what holds data is guarded")
