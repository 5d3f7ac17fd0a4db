"""A call of CloudFormation in another region, for the state machine that executes changes.

Step Functions calls services in its own region only.
<https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html>
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

import boto3
from botocore.config import Config

METHODS = {
    "listChangeSets": "list_change_sets",
    "describeChangeSet": "describe_change_set",
    "describeStackResource": "describe_stack_resource",
    "describeStacks": "describe_stacks",
    "setStackPolicy": "set_stack_policy",
    "executeChangeSet": "execute_change_set",
    "updateTerminationProtection": "update_termination_protection",
    "detectStackDrift": "detect_stack_drift",
    "describeStackDriftDetectionStatus": "describe_stack_drift_detection_status",
    "describeStackResourceDrifts": "describe_stack_resource_drifts",
}
"""What may be called, by the name that Step Functions has for it."""
RETRIES = Config(retries={"mode": "standard", "total_max_attempts": 5})


class Call(TypedDict):
    """What is called, where, and with what."""

    region: str
    action: str
    arguments: Mapping[str, object]


def handle(event: Call, context: object) -> dict[str, object]:
    """Make one call and return its answer, moments as text. A refusal fails the function."""
    client = boto3.client("cloudformation", region_name=event["region"], config=RETRIES)
    answer: dict[str, object] = getattr(client, METHODS[event["action"]])(**event["arguments"])
    answer.pop("ResponseMetadata", None)
    plain: dict[str, object] = json.loads(json.dumps(answer, default=_text))
    return plain


def _text(value: datetime) -> str:
    """Write a moment as Step Functions does."""
    return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"
