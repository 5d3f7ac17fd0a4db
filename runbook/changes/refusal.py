"""What CloudFormation found wrong before it deployed anything.

A change set or a stack only says that its validation failed; `DescribeEvents` has the reasons.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html>
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runbook.base import aws

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import DescribeEventsOutputTypeDef


_MOST = 20
"""Reasons that are listed: more are seldom read, and most often have one cause."""


def reasons(
    client: CloudFormationClient,
    said: str,
    places: Mapping[str, str],
    *,
    stack: str = "",
    change_set: str = "",
) -> str:
    """Return what stands behind a colon: a line a reason, each with its resource's place.

    What CloudFormation `said` if there are no reasons. `places` are by logical id. Where the
    reasons cannot be read, that is said as well: nobody can look them up once the change set is
    discarded.
    """
    paginator = client.get_paginator("describe_events")
    if change_set:
        pages = paginator.paginate(ChangeSetName=change_set, Filters={"FailedEvents": True})
    else:
        pages = paginator.paginate(StackName=stack, Filters={"FailedEvents": True})
    try:
        found = _found(pages, places)
    except ClientError as error:
        return f" {said} (Its reasons cannot be read: {aws.reason(error)})"
    more = [f"and {len(found) - _MOST:,} more"] if len(found) > _MOST else []
    return "".join(f"\n  {text}" for text in [*found[:_MOST], *more]) or f" {said}"


def _found(pages: Iterable[DescribeEventsOutputTypeDef], places: Mapping[str, str]) -> list[str]:
    """Return each reason once, in the order of the events."""
    found: dict[str, None] = {}
    for page in pages:
        for event in page["OperationEvents"]:
            if "ValidationStatusReason" in event and "LogicalResourceId" in event:
                where = places.get(event["LogicalResourceId"], event["LogicalResourceId"])
                text = f"{where} ({event['ResourceType']}): {event['ValidationStatusReason']}"
                found[text] = None
    return [*found]
