"""What two versions of a stack, and CloudFormation's list of changes, mean for a reviewer.

Nothing here asks AWS: the same input always gives the same review, so that a review can be made
again before its execution and compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, TypedDict

from runbook.changes import dangers
from runbook.changes.access import diff
from runbook.changes.approval_rules import of_rules
from runbook.changes.consequences import keeping
from runbook.changes.declared import declared
from runbook.changes.destinations import of_destinations
from runbook.changes.labels import of_labels
from runbook.changes.listed import resource_changes, unknown
from runbook.changes.parts import (
    AccessDiff,
    Danger,
    DeclaredChange,
    Difference,
    Effect,
    Finding,
    ResourceChange,
    Risk,
    Verdict,
)
from runbook.changes.published import of_records
from runbook.changes.runs import of_code
from runbook.changes.stack_settings import of_settings, of_stack
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import named_differences
from settings.contract import ACCEPTED_RISKS

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import (
        DescribeChangeSetOutputTypeDef,
        StackTypeDef,
    )


class Analysis(TypedDict):
    """The fields of a `StackReview` that follow from both versions and the list of changes."""

    changes: tuple[ResourceChange, ...]
    permissions: AccessDiff
    network: AccessDiff
    declared: tuple[DeclaredChange, ...]
    outputs: tuple[Difference, ...]
    settings: tuple[Difference, ...]
    risks: tuple[Risk, ...]
    new_risks: tuple[Risk, ...]
    findings: tuple[Finding, ...]


def analyse(
    description: DescribeChangeSetOutputTypeDef,
    before: Reading,
    after: Reading,
    stack: StackTypeDef | None = None,
    role: str = "",
) -> Analysis:
    """Return the fields of a review that follow from both versions and the list of changes.

    `stack` is what CloudFormation says of it as it is deployed, `role` as whom it is to act.
    """
    risks, known = _risks(after), _risks(before)
    listed = description.get("Changes", ())
    changes = tuple(resource_changes(listed, before, after))
    staying = after.with_resources(before, [c.logical_id for c in changes if _stays_behind(c)])
    permissions, statements = diff.permissions(before, staying)
    network, connections = diff.connections(before, staying)
    gained = diff.Gained(statements, connections)
    settings = tuple(of_stack(stack, description, role))
    findings = (
        *_unreadable(after),
        *unknown(listed),
        *of_rules(before, after),
        *dangers.of_access(gained, (permissions, network), before, staying),
        *_of_changes(changes, settings, description["StackId"], before, after),
    )
    return {
        "changes": changes,
        "permissions": permissions,
        "network": network,
        "declared": tuple(declared(before, after)),
        "outputs": tuple(_outputs(before, after)),
        "settings": settings,
        "risks": risks,
        "new_risks": tuple(risk for risk in risks if risk not in known),
        "findings": (*keeping.ruled_out(changes, findings, before, after), *findings),
    }


def _of_changes(
    changes: Collection[ResourceChange],
    settings: Iterable[Difference],
    stack_id: str,
    before: Reading,
    after: Reading,
) -> Iterator[Finding]:
    """Yield what is dangerous besides access: in resources, and in what is set of the stack."""
    account, stack = stack_id.split(":")[4], stack_id.split("/")[1]
    yield from dangers.of_changes(changes, before, after, account)
    yield from of_labels(before, after, stack)
    yield from of_settings(settings, account, stack)
    yield from of_code(changes, before, after)
    yield from of_destinations(before, after)
    yield from of_records(before, after)
    yield from _consequences(changes)


def _outputs(before: Reading, after: Reading) -> Iterator[Difference]:
    places = {**before.places(), **after.places()}
    for key in sorted({*before.outputs, *after.outputs}):
        old, new = (side.outputs.get(key) for side in (before, after))
        yield from named_differences(old, new, places, (key,))


def _stays_behind(change: ResourceChange) -> bool:
    """Tell whether a resource leaves its stack and goes on existing, with what it allows."""
    return change.effect is Effect.RETAIN or (
        change.effect is Effect.DELETE and change.verdict is Verdict.PROTECTED
    )


def _unreadable(after: Reading) -> Iterator[Finding]:
    places = after.places()
    for problem in after.problems:
        where = places.get(problem.logical_id, problem.logical_id)
        text = f"{problem.path} cannot be worked out: {problem.why}"
        yield Finding(danger=Danger.UNREADABLE, place=where, text=text)


def _consequences(changes: Iterable[ResourceChange]) -> Iterator[Finding]:
    for change in changes:
        for reason in change.reasons:
            if reason.danger:
                yield Finding(
                    danger=reason.danger, place=change.place, text=reason.text, page=reason.page
                )


def _risks(version: Reading) -> tuple[Risk, ...]:
    return tuple(Risk.model_validate(item) for item in version.metadata.get(ACCEPTED_RISKS, ()))
