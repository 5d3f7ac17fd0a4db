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
from runbook.changes.consequences.judge import judge
from runbook.changes.consequences.names import name_of
from runbook.changes.declared import declared
from runbook.changes.destinations import of_destinations
from runbook.changes.labels import of_labels
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
from runbook.changes.template.values import Template, named_differences, named_text, place
from runbook.changes.verdict import deletion_policy
from settings.contract import ACCEPTED_RISKS

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import (
        ChangeTypeDef,
        DescribeChangeSetOutputTypeDef,
        ResourceChangeTypeDef,
        StackTypeDef,
    )

_KEEPING = ("Retain", "RetainExceptOnCreate")
_ACTIONS = {
    "Add": Effect.ADD,
    "Import": Effect.IMPORT,
    "Modify": Effect.CHANGE,
    "Remove": Effect.DELETE,
}
_REPLACEMENTS = {"True": Effect.REPLACE, "Conditional": Effect.MAY_REPLACE, "False": Effect.CHANGE}
_TAGS = ("Properties.Tags", "Properties.FileSystemTags")
_NO_PROPERTY = ("Metadata", "Type", "Condition")
"""Attributes of a resource that say nothing about it once its functions are worked out."""


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
        *_unknown(listed),
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


def resource_changes(
    listed: Iterable[ChangeTypeDef], before: Reading, after: Reading
) -> Iterator[ResourceChange]:
    """Yield what happens to each resource, with what that means for its data.

    CloudFormation lists what it would do. A resource that differs without being listed is added:
    a deletion policy alone, for example.
    """
    items = [change["ResourceChange"] for change in listed if "ResourceChange" in change]
    for item in items:
        yield _change(item, before, after)
    seen = {item["LogicalResourceId"] for item in items}
    for logical_id in sorted({*before.resources} & {*after.resources} - seen):
        old, new = before.resources[logical_id], after.resources[logical_id]
        if _compared(old) != _compared(new):
            unlisted: ResourceChangeTypeDef = {
                "Action": "Modify",
                "LogicalResourceId": logical_id,
                "ResourceType": new["Type"],
            }
            yield _change(unlisted, before, after)


def _stays_behind(change: ResourceChange) -> bool:
    """Tell whether a resource leaves its stack and goes on existing, with what it allows."""
    return change.effect is Effect.RETAIN or (
        change.effect is Effect.DELETE and change.verdict is Verdict.PROTECTED
    )


def _change(item: ResourceChangeTypeDef, before: Reading, after: Reading) -> ResourceChange:
    logical_id = item["LogicalResourceId"]
    old, new = before.resources.get(logical_id), after.resources.get(logical_id)
    effect = effect_of(item, old)
    shown = effect in (Effect.ADD, Effect.CHANGE, Effect.REPLACE, Effect.MAY_REPLACE)
    places = {**before.places(), **after.places()}
    found = tuple(named_differences(_compared(old), _compared(new), places)) if shown else ()
    scope = {*item.get("Scope", ())}
    only_tags = (bool(scope) and scope <= {"Metadata", "Tags"}) or (
        bool(found) and all(one.path.startswith(_TAGS) for one in found)
    )
    return ResourceChange(
        logical_id=logical_id,
        type=item["ResourceType"],
        place=place(logical_id, old, new),
        effect=effect,
        name=named_text(name_of(new or old), places),
        physical_id=item.get("PhysicalResourceId", ""),
        differences=found,
        only_tags=effect is Effect.CHANGE and only_tags,
        **judge(item, effect, before, after),
    )


def effect_of(item: ResourceChangeTypeDef, before: Template | None) -> Effect:
    """Say what happens, in doubt the worse: an action that is not known may replace."""
    effect = _ACTIONS.get(item["Action"], Effect.MAY_REPLACE)
    if effect is Effect.DELETE:
        kept = item.get("PolicyAction") == "Retain" or (
            before is not None and deletion_policy(before) in _KEEPING
        )
        return Effect.RETAIN if kept else Effect.DELETE
    if effect is Effect.CHANGE:
        # A reference to something that is replaced is known only on execution: "Conditional".
        return _REPLACEMENTS.get(item.get("Replacement", "False"), Effect.MAY_REPLACE)
    return effect


def _compared(resource: Template | None) -> Template:
    """Return what a reviewer compares: everything but the CDK's own notes."""
    found = {key: value for key, value in (resource or {}).items() if key not in _NO_PROPERTY}
    return {"Properties": {}, **found}


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


def _unknown(listed: Iterable[ChangeTypeDef]) -> Iterator[Finding]:
    """Yield what CloudFormation lists in words that were not known when this was written."""
    for change in listed:
        item = change.get("ResourceChange")
        if item is None:
            text = f"CloudFormation lists a change that is no resource's: {change.get('Type')}"
            yield Finding(danger=Danger.UNREADABLE, place="the change set", text=text)
            continue
        replacement = item.get("Replacement", "False")
        if item["Action"] not in _ACTIONS or replacement not in _REPLACEMENTS:
            text = f"the action {item['Action']} (replacement {replacement}) is not known"
            yield Finding(danger=Danger.UNREADABLE, place=item["LogicalResourceId"], text=text)


def _risks(version: Reading) -> tuple[Risk, ...]:
    return tuple(Risk.model_validate(item) for item in version.metadata.get(ACCEPTED_RISKS, ()))
