"""Answering CloudFormation, for every function that stands behind a custom resource.

An answer always comes, and a failure's reason is written for the person who reads the stack's
events. It never has a value that the function worked with: only AWS's own words, and ours.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html>
"""

from __future__ import annotations

import json
import traceback
import urllib.request
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, TypedDict, TypeVar

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

Properties = TypeVar("Properties", bound=Mapping[str, object])


class Event(TypedDict, Generic[Properties]):
    """A request of CloudFormation. It makes text of every number among the properties."""

    RequestType: str
    RequestId: str
    ResponseURL: str
    StackId: str
    LogicalResourceId: str
    ResourceProperties: Properties


class Failure(Exception):  # noqa: N818 - an answer more than an error
    """What went wrong and what to do, in words that may be shown."""


def answer(
    event: Event[Properties], physical_id: str, work: Callable[[Event[Properties]], None]
) -> None:
    """Do the work of a request and report how it ended."""
    _send(event, physical_id, attempt(work, event))


def attempt(work: Callable[[Event[Properties]], None], event: Event[Properties]) -> str | None:
    """Do the work; return why it failed, or None."""
    try:
        work(event)
    except Exception as error:  # noqa: BLE001 - whatever it is, CloudFormation must be told
        print("".join(traceback.format_tb(error.__traceback__)), type(error).__name__)
        return explain(error)
    return None


def is_rolled_back(stacks: CloudFormationClient, stack: str) -> bool:
    """Tell whether CloudFormation is undoing what it began."""
    (found,) = stacks.describe_stacks(StackName=stack)["Stacks"]
    return "ROLLBACK" in found["StackStatus"]


def explain(error: Exception) -> str:
    """Say what failed without repeating what it failed on."""
    if isinstance(error, Failure):
        return str(error)
    if isinstance(error, ClientError):
        return words_of(error)
    return f"{type(error).__name__}: the function's log says where"


def words_of(error: ClientError) -> str:
    """Return what AWS says: `PutParameter: AccessDeniedException: …`."""
    details = error.response["Error"]
    return f"{error.operation_name}: {details['Code']}: {details['Message']}"


def _send(event: Event[Properties], physical_id: str, reason: str | None) -> None:
    body = {
        "Status": "FAILED" if reason else "SUCCESS",
        "Reason": (reason or "Done")[:1000],
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    # The URL is signed for no content type, and urllib would add one.
    request = urllib.request.Request(  # noqa: S310 - CloudFormation's own https URL
        event["ResponseURL"], json.dumps(body).encode(), {"Content-Type": ""}, method="PUT"
    )
    with urllib.request.urlopen(request, timeout=30):  # noqa: S310
        pass
