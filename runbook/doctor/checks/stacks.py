"""The file's stacks: deployed or not, ours, and in a state that can be updated."""

from __future__ import annotations

from collections.abc import Iterator

from runbook.base.errors import UserError
from runbook.changes.change_set import find_stack
from runbook.changes.usable import usable
from runbook.doctor.answer import Answer, wrong
from runbook.doctor.place import Place
from settings.contract import is_described_as_ours


def look(place: Place) -> Iterator[Answer]:
    """Say of each stack how it stands."""
    for plan in place.plans:
        found = find_stack(place.cloudformation, plan.name)
        if found is None or found["StackStatus"] == "REVIEW_IN_PROGRESS":
            yield Answer(f"{plan.name} is not deployed yet")
        elif not is_described_as_ours(found.get("Description", "")):
            advice = "Give the file an `environment`: it becomes part of every stack's name."
            yield wrong(f"{plan.name} is there and is not Groundwork's", advice)
        else:
            yield _of_ours(plan.name, found["StackStatus"])


def _of_ours(name: str, status: str) -> Answer:
    try:
        usable(name, {"StackStatus": status})
    except UserError as error:
        return wrong(error.message, error.advice)
    return Answer(f"{name}: {status.replace('_', ' ').lower()}")
