"""Templates as CloudFormation holds them, and those that are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook.base.errors import UserError
from runbook.changes.guards import holders
from runbook.changes.review import digest_of
from runbook.changes.template import held

PLAIN = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


class CloudFormation:
    """Answers with the stages of one template, or with an error."""

    def __init__(self, original: Any, processed: Any, error: str) -> None:
        self.stages = {
            "Original": original,
            "Processed": original if processed is None else processed,
        }
        self.error = error

    def get_template(self, TemplateStage: str, **names: str) -> Any:  # noqa: N803 - boto3's name
        if self.error:
            response: Any = {"Error": {"Code": self.error, "Message": self.message}}
            raise ClientError(response, "GetTemplate")
        return {"TemplateBody": self.stages[TemplateStage]}

    message = "Stack with id data-us-east-1 does not exist"


def client(original: Any = PLAIN, processed: Any = None, error: str = "") -> Any:
    return CloudFormation(original, processed, error)


def test_a_stack_that_is_not_there_has_an_empty_template() -> None:
    assert held.deployed(client(error="ValidationError"), "data-us-east-1") is held.NOTHING


@pytest.mark.parametrize("error", ["AccessDenied", "Throttling", "ValidationError"])
def test_a_template_that_cannot_be_read_is_never_taken_for_an_empty_one(error: str) -> None:
    found = client(error=error)
    found.message = "Rate exceeded"
    with pytest.raises(UserError, match="cannot be read: Rate exceeded"):
        held.deployed(found, "data-us-east-1")


def test_a_template_that_is_no_json_is_an_error_in_words() -> None:
    with pytest.raises(UserError, match="is no JSON"):
        held.deployed(client("Resources:\n  Topic: {}"), "data-us-east-1")


def nested(kind: str) -> dict[str, Any]:
    return {"Resources": {"Inner": {"Type": kind, "Properties": {"TemplateURL": "https://x"}}}}


@pytest.mark.parametrize(
    ("original", "processed", "reason"),
    [
        (nested("AWS::CloudFormation::Stack"), None, "the nested stack Inner"),
        (nested("AWS::CloudFormation::StackSet"), None, "the nested stack Inner"),
        (nested("My::Own::Part::MODULE"), None, "the module Inner"),
        ({**PLAIN, "Transform": "AWS::Serverless-2016-10-31"}, None, "the section Transform"),
        ({**PLAIN, "Modules": {}}, None, "the section Modules"),
        ({**PLAIN, "Hooks": {}}, None, "the section Hooks"),
        ({"Resources": {"Fn::ForEach::Topics": []}}, PLAIN, "Fn::ForEach::Topics"),
        (
            {"Resources": {"A": {"Type": "T", "Properties": [{"Fn::Transform": {"Name": "M"}}]}}},
            None,
            "Fn::Transform",
        ),
        (PLAIN, nested("AWS::IAM::User"), "a macro that rewrites the template"),
    ],
)
def test_what_would_be_filled_in_unseen_is_refused(
    original: Any, processed: Any, reason: str
) -> None:
    with pytest.raises(UserError) as caught:
        held.proposed(client(original, processed), "arn", "data-us-east-1")
    assert reason in caught.value.message


def test_a_dynamic_reference_that_aws_looked_up_is_no_macro() -> None:
    def image(value: str) -> dict[str, Any]:
        return {"Resources": {"I": {"Type": "AWS::EC2::Instance", "Properties": {"I": value}}}}

    original = image("{{resolve:ssm:/aws/service/ami}}")
    found = held.proposed(client(original, image("ami-1")), "arn", "data-us-east-1")
    assert found.processed == image("ami-1")
    assert digest_of(found.pinned) != digest_of([original, image("ami-2")])


def test_both_stages_are_read_from_json_text_too() -> None:
    found = held.deployed(client(json.dumps(PLAIN)), "data-us-east-1")
    assert found == held.Held(PLAIN, PLAIN)
    assert holders(found.processed) == ()
