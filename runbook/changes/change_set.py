"""What a change set would do, read from CloudFormation and never from the checkout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes import access, assets, templates
from runbook.changes.review import (
    Effect,
    ResourceChange,
    Risk,
    StackAction,
    StackReview,
    digest_of,
)
from runbook.changes.templates import Template, differences, place, resources
from runbook.changes.verdict import deletion_policy, verdict
from settings.contract import ACCEPTED_RISKS

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

EXECUTABLE = ("CREATE_COMPLETE", "AVAILABLE")
_KEEPING = ("Retain", "RetainExceptOnCreate")


def read(region: str, change_set: str, *, depends_on: tuple[str, ...] = ()) -> StackReview:
    """Read what a change set would do to its stack, from CloudFormation and nothing else."""
    client = aws.cloudformation(region)
    description = describe(client, change_set)
    if (description["Status"], description["ExecutionStatus"]) != EXECUTABLE:
        why = f"{description['StackName']}: the change set cannot be executed any more."
        raise UserError(why, "Prepare and review again.")
    current = find_stack(client, description["StackId"])
    created = current is None or current["StackStatus"] == "REVIEW_IN_PROGRESS"
    before = {} if created else templates.deployed(client, description["StackId"])
    after = templates.proposed(client, change_set, description["StackId"])
    return StackReview(
        name=description["StackName"],
        region=region,
        action=StackAction.CREATE if created else StackAction.UPDATE,
        depends_on=depends_on,
        stack_id=description["StackId"],
        change_set=description["ChangeSetId"],
        template_digest=digest_of(after),
        stack_state=state_of(current),
        parameters=dict(_parameters(description)),
        assets=assets.versions(after, region),
        changes=tuple(resource_changes(description, before, after)),
        permissions=access.permissions(before, after),
        network=access.network(before, after),
        risks=_risks(after),
        new_risks=tuple(risk for risk in _risks(after) if risk not in _risks(before)),
    )


def find_stack(client: CloudFormationClient, name: str) -> dict[str, Any] | None:
    """Return what CloudFormation says of a stack, or None when there is none of that name."""
    try:
        return dict(client.describe_stacks(StackName=name)["Stacks"][0])
    except ClientError as error:
        if aws.code(error) == "ValidationError" and "does not exist" in aws.reason(error):
            return None
        raise UserError(f"{name}: {aws.reason(error)}") from None


def state_of(stack: dict[str, Any] | None) -> str:
    """Return what changes whenever somebody changes the stack."""
    if stack is None:
        return "absent"
    moment = stack.get("LastUpdatedTime") or stack["CreationTime"]
    return f"{stack['StackId']} {moment.isoformat()}"


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


def _parameters(description: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for parameter in description.get("Parameters", ()):
        yield parameter["ParameterKey"], parameter.get("ParameterValue", "")


def _risks(template: Template) -> tuple[Risk, ...]:
    carried = template.get("Metadata", {}).get(ACCEPTED_RISKS, ())
    return tuple(Risk.model_validate(item) for item in carried)


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
        differences=tuple(differences(_reviewed(before), _reviewed(after))) if changing else (),
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


def _reviewed(resource: dict[str, Any] | None) -> dict[str, Any]:
    """Return what a reviewer compares: everything but the CDK's own notes."""
    return {
        key: value for key, value in (resource or {}).items() if key not in ("Type", "Metadata")
    }
