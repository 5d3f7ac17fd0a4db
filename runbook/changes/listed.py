"""What CloudFormation lists in a change set, as what happens to each resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from runbook.changes.consequences.judge import judge
from runbook.changes.consequences.names import name_of
from runbook.changes.parts import Danger, Effect, Finding, ResourceChange
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import Template, named_differences, named_text, place
from runbook.changes.verdict import deletion_policy

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ChangeTypeDef, ResourceChangeTypeDef

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


def unknown(listed: Iterable[ChangeTypeDef]) -> Iterator[Finding]:
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
