"""What CloudFormation found wrong before it deployed anything.

A change set or a stack only says that its validation failed; `DescribeEvents` has the reasons.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html>
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


def reasons(client: CloudFormationClient, *, stack: str = "", change_set: str = "") -> str:
    """Return the reasons, each with its resource; "" if there are none, or we may not read them."""
    paginator = client.get_paginator("describe_events")
    if change_set:
        pages = paginator.paginate(ChangeSetName=change_set, Filters={"FailedEvents": True})
    else:
        pages = paginator.paginate(StackName=stack, Filters={"FailedEvents": True})
    with suppress(ClientError):
        found = [
            f"{event['LogicalResourceId']} ({event['ResourceType']}) "
            f"{event['ValidationStatusReason']}"
            for page in pages
            for event in page["OperationEvents"]
            if "ValidationStatusReason" in event and "LogicalResourceId" in event
        ]
        return "; ".join(dict.fromkeys(found))
    return ""
