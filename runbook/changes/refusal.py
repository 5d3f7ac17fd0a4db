"""What CloudFormation found wrong before it deployed anything.

A change set or a stack only says that its validation failed; `DescribeEvents` has the reasons.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html>
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runbook.base import aws

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import DescribeEventsOutputTypeDef


def reasons(
    client: CloudFormationClient, said: str, *, stack: str = "", change_set: str = ""
) -> str:
    """Return the reasons, each with its resource; what CloudFormation `said` if there are none.

    Where the reasons cannot be read, that is said as well: nobody can look them up once the change
    set is discarded.
    """
    paginator = client.get_paginator("describe_events")
    if change_set:
        pages = paginator.paginate(ChangeSetName=change_set, Filters={"FailedEvents": True})
    else:
        pages = paginator.paginate(StackName=stack, Filters={"FailedEvents": True})
    try:
        return "; ".join(_found(pages)) or said
    except ClientError as error:
        return f"{said} (Its reasons cannot be read: {aws.reason(error)})"


def _found(pages: Iterable[DescribeEventsOutputTypeDef]) -> dict[str, None]:
    """Return each reason once, in the order of the events."""
    return dict.fromkeys(
        f"{event['LogicalResourceId']} ({event['ResourceType']}) {event['ValidationStatusReason']}"
        for page in pages
        for event in page["OperationEvents"]
        if "ValidationStatusReason" in event and "LogicalResourceId" in event
    )
