"""One look at deployed stacks: all that was changed in them outside CloudFormation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import product

from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.drift import beside, detection, effects
from runbook.drift.change import Change, Drift, Sort, Unasked
from runbook.drift.deployed import Deployed

PARTS: Mapping[str, Callable[[Deployed], Iterable[Change]]] = {
    "what its template names": detection.detect,
    "what its functions set": effects.changed,
    "what stands beside the declared": beside.found,
}
"""What is looked at in a stack. Each part needs permissions of its own."""


def at(stacks: Collection[Deployed]) -> Drift:
    """Look at every part of every stack at once: CloudFormation takes its time for each."""
    questions = [*product(stacks, PARTS)]
    with ThreadPoolExecutor(max_workers=min(32, len(questions) or 1)) as pool:
        found = [*pool.map(lambda question: _ask(*question), questions)]
    order = [*Sort]
    return Drift(
        changes=tuple(
            sorted(
                (change for drift in found for change in drift.changes),
                key=lambda change: (order.index(change.sort), change.stack, change.place),
            )
        ),
        unasked=tuple(item for drift in found for item in drift.unasked),
    )


def _ask(stack: Deployed, part: str) -> Drift:
    """Look at one part. What AWS refuses is said, and is no reason to keep the rest back."""
    changes, why = [], ""
    try:
        for change in PARTS[part](stack):
            changes.append(change)
    except ClientError as error:
        why = aws.reason(error)
    except detection.IncompleteError as error:
        why = str(error)
    unasked = (Unasked(stack=stack.name, what=part, why=why),) if why else ()
    return Drift(changes=tuple(changes), unasked=unasked)
