"""What is said of a change set that CloudFormation's validation refused."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.stub import Stubber

from runbook.changes import refusal

SAID = "The following hook(s)/validation failed"


def told(**answer: Any) -> str:
    client: Any = boto3.client("cloudformation", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_response("describe_events", answer)
        return refusal.reasons(client, SAID, change_set="arn:aws:cloudformation:x")


def test_the_reasons_stand_in_place_of_what_cloudformation_said() -> None:
    event = {
        "EventId": "1",
        "LogicalResourceId": "user",
        "ResourceType": "AWS::IAM::User",
        "ValidationStatusReason": "already exists",
    }
    assert told(OperationEvents=[event, event]) == "user (AWS::IAM::User) already exists"


def test_without_reasons_cloudformations_words_stay() -> None:
    assert told(OperationEvents=[]) == SAID


def test_a_denial_of_the_reasons_is_said() -> None:
    client: Any = boto3.client("cloudformation", region_name="us-east-1")
    message = "User: ann is not authorized to perform: cloudformation:DescribeEvents"
    with Stubber(client) as stub:
        stub.add_client_error("describe_events", "AccessDenied", message)
        found = refusal.reasons(client, SAID, stack="mail-us-east-1")
    assert found == f"{SAID} (Its reasons cannot be read: {message})"
