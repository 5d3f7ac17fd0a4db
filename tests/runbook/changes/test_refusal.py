"""What is said of a change set that CloudFormation's validation refused."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.stub import Stubber

from runbook.changes import refusal

SAID = "The following hook(s)/validation failed"
PLACES = {"user": "senders/billing/user"}


def told(**answer: Any) -> str:
    client: Any = boto3.client("cloudformation", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_response("describe_events", answer)
        return refusal.reasons(client, SAID, PLACES, change_set="arn:aws:cloudformation:x")


def event(logical_id: str) -> dict[str, str]:
    return {
        "EventId": "1",
        "LogicalResourceId": logical_id,
        "ResourceType": "AWS::IAM::User",
        "ValidationStatusReason": "already exists",
    }


def test_the_reasons_stand_in_place_of_what_cloudformation_said_each_in_a_line() -> None:
    assert told(OperationEvents=[event("user"), event("user"), event("other")]) == (
        "\n  senders/billing/user (AWS::IAM::User): already exists"
        "\n  other (AWS::IAM::User): already exists"
    )


def test_very_many_reasons_are_counted() -> None:
    found = told(OperationEvents=[event(f"u{number}") for number in range(1022)])
    assert len(found.splitlines()) == 22
    assert found.endswith("\n  and 1,002 more")


def test_without_reasons_cloudformations_words_stay() -> None:
    assert told(OperationEvents=[]) == f" {SAID}"


def test_a_denial_of_the_reasons_is_said() -> None:
    client: Any = boto3.client("cloudformation", region_name="us-east-1")
    message = "User: ann is not authorized to perform: cloudformation:DescribeEvents"
    with Stubber(client) as stub:
        stub.add_client_error("describe_events", "AccessDenied", message)
        found = refusal.reasons(client, SAID, PLACES, stack="mail-us-east-1")
    assert found == f" {SAID} (Its reasons cannot be read: {message})"
