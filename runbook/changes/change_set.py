"""Change sets: what one would do, read from CloudFormation and never from the checkout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes import assets
from runbook.changes.analysis import analyse
from runbook.changes.guards import holders
from runbook.changes.review import StackAction, StackReview, digest_of
from runbook.changes.template import held, reading

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import DescribeChangeSetOutputTypeDef, StackTypeDef

EXECUTABLE = ("CREATE_COMPLETE", "AVAILABLE")


def read(
    region: str, change_set: str, *, depends_on: tuple[str, ...] = (), role: str = ""
) -> StackReview:
    """Read what a change set would do to its stack, from CloudFormation.

    It does not say the order of stacks, nor as which role it was asked to act: both are passed on.
    """
    client = aws.cloudformation(region)
    description = describe(client, change_set)
    if (description["Status"], description["ExecutionStatus"]) != EXECUTABLE:
        why = f"{description['StackName']}: the change set cannot be executed any more."
        raise UserError(why, "Prepare and review again.")
    current = find_stack(client, description["StackId"])
    before = held.NOTHING
    if current is not None and current["StackStatus"] != "REVIEW_IN_PROGRESS":
        before = held.deployed(client, description["StackId"])
    after = held.proposed(client, change_set, description["StackId"])
    return StackReview(
        name=description["StackName"],
        region=region,
        action=StackAction.CREATE if before is held.NOTHING else StackAction.UPDATE,
        depends_on=depends_on,
        role=role,
        stack_id=description["StackId"],
        change_set=description["ChangeSetId"],
        template_digest=digest_of(after.pinned),
        stack_state=state_of(current),
        parameters=dict(_parameters(description)),
        assets=assets.versions(after.processed),
        holds=holders(before.processed),
        will_hold=holders(after.processed),
        **analyse(
            description,
            reading.read(before.processed, reading.given(current or description)),
            reading.read(after.processed, reading.given(description)),
            None if before is held.NOTHING else current,
            role,
        ),
    )


def find_stack(client: CloudFormationClient, name: str) -> StackTypeDef | None:
    """Return what CloudFormation says of a stack, or None when there is none of that name."""
    try:
        return client.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if aws.code(error) == "ValidationError" and "does not exist" in aws.reason(error):
            return None
        raise


def state_of(stack: StackTypeDef | None) -> str:
    """Return what changes whenever somebody changes the stack."""
    if stack is None:
        return "absent"
    moment = stack.get("LastUpdatedTime") or stack["CreationTime"]
    return f"{stack['StackId']} {moment.isoformat()}"


def describe(client: CloudFormationClient, change_set: str) -> DescribeChangeSetOutputTypeDef:
    """Return the whole description of a change set, its pages put together."""
    page = client.describe_change_set(ChangeSetName=change_set)
    changes = [*page.get("Changes", ())]
    while token := page.get("NextToken"):
        page = client.describe_change_set(ChangeSetName=change_set, NextToken=token)
        changes += page.get("Changes", ())
    return {**page, "Changes": changes}


def _parameters(description: DescribeChangeSetOutputTypeDef) -> Iterator[tuple[str, str]]:
    for parameter in description.get("Parameters", ()):
        yield parameter["ParameterKey"], parameter.get("ParameterValue", "")


def remove(client: CloudFormationClient, stack: str, change_set: str) -> None:
    """Remove a change set, and the stack too when it was made for the change set alone."""
    client.delete_change_set(StackName=stack, ChangeSetName=change_set)
    current = find_stack(client, stack)
    empty = current is not None and current["StackStatus"] == "REVIEW_IN_PROGRESS"
    if empty and not client.list_change_sets(StackName=stack)["Summaries"]:
        client.delete_stack(StackName=stack)


def discard_reviewed(stack: StackReview) -> None:
    """Remove a reviewed change set, by its ARN, if it is still there."""
    with suppress(ClientError):
        remove(
            aws.cloudformation(stack.region), stack.stack_id or stack.name, stack.change_set or ""
        )
