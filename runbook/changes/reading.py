"""What a change set would do, read from CloudFormation and never from the checkout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from runbook.changes.review import Effect, ResourceChange
from runbook.changes.templates import Template, differences, place, resources
from runbook.changes.verdict import deletion_policy, verdict

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

_KEEPING = ("Retain", "RetainExceptOnCreate")


def describe(client: CloudFormationClient, change_set: str) -> dict[str, Any]:
    """Return the whole description of a change set, its pages put together."""
    answer: dict[str, Any] = {}
    token: dict[str, str] = {}
    while True:
        page: Any = client.describe_change_set(ChangeSetName=change_set, **token)  # type: ignore[arg-type]
        answer = {**page, "Changes": [*answer.get("Changes", ()), *page.get("Changes", ())]}
        if not page.get("NextToken"):
            return answer
        token = {"NextToken": page["NextToken"]}


def resource_changes(
    description: dict[str, Any], before: Template, after: Template
) -> Iterator[ResourceChange]:
    """Yield what happens to each resource, with what that means for its data."""
    old, new = resources(before), resources(after)
    for change in description["Changes"]:
        if "ResourceChange" in change:
            item = change["ResourceChange"]
            logical_id = item["LogicalResourceId"]
            yield _one(item, old.get(logical_id), new.get(logical_id))


def _one(
    item: dict[str, Any], before: dict[str, Any] | None, after: dict[str, Any] | None
) -> ResourceChange:
    effect = _effect(item, before)
    changing = effect in (Effect.CHANGE, Effect.REPLACE, Effect.MAY_REPLACE)
    return ResourceChange(
        logical_id=item["LogicalResourceId"],
        type=item["ResourceType"],
        place=place(item["LogicalResourceId"], after, before),
        effect=effect,
        verdict=verdict(effect, before, after),
        differences=tuple(differences(_told(before), _told(after))) if changing else (),
    )


def _effect(item: dict[str, Any], before: dict[str, Any] | None) -> Effect:
    match item["Action"]:
        case "Add":
            return Effect.ADD
        case "Import":
            return Effect.IMPORT
        case "Remove":
            kept = item.get("PolicyAction") == "Retain" or (
                before is not None and deletion_policy(before) in _KEEPING
            )
            return Effect.RETAIN if kept else Effect.DELETE
    # A reference to something that is replaced is known only on execution: "Conditional".
    return {"True": Effect.REPLACE, "Conditional": Effect.MAY_REPLACE}.get(
        item.get("Replacement", "False"), Effect.CHANGE
    )


def _told(resource: dict[str, Any] | None) -> dict[str, Any]:
    """Return what a reviewer compares: everything but the CDK's own notes."""
    return {
        key: value for key, value in (resource or {}).items() if key not in ("Type", "Metadata")
    }
