"""CloudFormation's own drift detection, for all stacks side by side.

It compares what the templates name, for every type with a `read` handler:
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html>
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.polling import poll
from runbook.changes.template.values import masked, place
from runbook.drift.change import Change, Sort
from runbook.drift.deployed import Deployed

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import StackResourceDriftStatusType
    from mypy_boto3_cloudformation.type_defs import StackResourceDriftTypeDef

SORTS: Mapping[str, Sort] = {
    "AWS::EC2::SecurityGroup": Sort.NETWORK,
    "AWS::EC2::SecurityGroupIngress": Sort.NETWORK,
    "AWS::EC2::Route": Sort.NETWORK,
    "AWS::S3::Bucket": Sort.DATA,
    "AWS::RDS::DBInstance": Sort.DATA,
    "AWS::RDS::DBCluster": Sort.DATA,
    "AWS::Logs::LogGroup": Sort.DATA,
}
"""What a change of a type is about. IAM and policies are told by their names, SES by its own."""


UNSAID = ("/DBName", "/DatabaseName")
"""RDS names no first database of one that was imported, and made without: it is `postgres`."""
ATTEMPTS = 30
"""How often a detection is asked for while somebody else's runs: a stack has one at a time."""


class IncompleteError(Exception):
    """CloudFormation could not compare everything. What it could was yielded before."""


def detect(stack: Deployed) -> Iterator[Change]:
    """Yield what CloudFormation finds changed; then raise for what it could not compare.

    It reads each resource with the caller's permissions: who lacks one gets part of an answer.
    """
    for drift in drifted(stack):
        name = drift["LogicalResourceId"]
        yield from _changes(drift, stack, place(name, stack.resources.get(name)))


def drifted(stack: Deployed) -> Iterator[StackResourceDriftTypeDef]:
    """Yield each resource that is not as it was deployed, as CloudFormation says it."""
    client = aws.cloudformation(stack.region)
    started = _start(client, stack.name)
    done = poll(
        client,
        lambda: client.describe_stack_drift_detection_status(StackDriftDetectionId=started),
        lambda answer: answer["DetectionStatus"] != "DETECTION_IN_PROGRESS",
    )
    yield from _drifts(client, stack.name)
    if done["DetectionStatus"] == "DETECTION_FAILED":
        raise IncompleteError(done.get("DetectionStatusReason", "CloudFormation gave no reason"))


def _start(client: CloudFormationClient, stack: str) -> str:
    attempts = iter(range(ATTEMPTS))

    def ask() -> str | None:
        try:
            return client.detect_stack_drift(StackName=stack)["StackDriftDetectionId"]
        except ClientError as error:
            if "already in progress" in aws.reason(error) and next(attempts, None) is not None:
                return None
            raise

    return poll(client, ask, bool) or ""


def _drifts(client: CloudFormationClient, stack: str) -> Iterator[StackResourceDriftTypeDef]:
    """Yield the drifted resources of every page."""
    wanted: Sequence[StackResourceDriftStatusType] = ["MODIFIED", "DELETED"]
    answer = client.describe_stack_resource_drifts(
        StackName=stack, StackResourceDriftStatusFilters=wanted
    )
    yield from answer["StackResourceDrifts"]
    while token := answer.get("NextToken"):
        answer = client.describe_stack_resource_drifts(
            StackName=stack, StackResourceDriftStatusFilters=wanted, NextToken=token
        )
        yield from answer["StackResourceDrifts"]


def _changes(drift: StackResourceDriftTypeDef, stack: Deployed, where: str) -> Iterator[Change]:
    kind = drift["ResourceType"]
    if drift["StackResourceDriftStatus"] == "DELETED":
        yield Change(
            stack=stack.name,
            region=stack.region,
            place=where,
            sort=Sort.DELETED,
            what=kind.removeprefix("AWS::"),
            was="there",
        )
    tagged = _has_its_tags(drift)
    for difference in drift.get("PropertyDifferences", ()):
        path = tuple(difference["PropertyPath"].strip("/").split("/"))
        if path[0] == "Tags" and tagged:
            continue
        if difference["PropertyPath"] in UNSAID and _value(difference["ActualValue"]) is None:
            continue
        yield Change(
            stack=stack.name,
            region=stack.region,
            place=where,
            sort=sort_of(kind),
            what=".".join(path),
            was=masked(_value(difference["ExpectedValue"]), path),
            now=masked(_value(difference["ActualValue"]), path),
        )


def _has_its_tags(drift: StackResourceDriftTypeDef) -> bool:
    """Tell whether a resource has all tags of its template: further ones are their owners'."""
    expected = json.loads(drift.get("ExpectedProperties", "{}")).get("Tags") or ()
    actual = json.loads(drift.get("ActualProperties", "{}")).get("Tags") or ()
    return all(tag in actual for tag in expected)


def sort_of(kind: str) -> Sort:
    """Say what a change of a resource of a type is about."""
    if kind in SORTS:
        return SORTS[kind]
    if kind.startswith("AWS::IAM::") or kind.endswith("Policy"):
        return Sort.ACCESS
    return Sort.MAIL if kind.startswith(("AWS::SES::", "AWS::SNS::")) else Sort.OTHER


def _value(text: str) -> object:
    """Read a value, which CloudFormation gives as JSON or as bare text; `null` is nothing."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return value
