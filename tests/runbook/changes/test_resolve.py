"""A template's functions, worked out as CloudFormation would, or said to be unreadable."""

from __future__ import annotations

from typing import Any

import pytest

from runbook.changes.template.values import COMPUTED, named
from tests.runbook.changes.readings import reading

TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Stage": {"Type": "String"},
        "Sources": {"Type": "CommaDelimitedList"},
        "Version": {"Type": "AWS::SSM::Parameter::Value<String>"},
        "Password": {"Type": "String", "NoEcho": True},
    },
    "Mappings": {"Sizes": {"production": {"class": "db.t4g.large"}}},
    "Conditions": {
        "IsProduction": {"Fn::Equals": [{"Ref": "Stage"}, "production"]},
        "IsTrial": {"Fn::Not": [{"Condition": "IsProduction"}]},
        "Both": {"Fn::And": [{"Condition": "IsProduction"}, {"Condition": "IsTrial"}]},
        "Either": {"Fn::Or": [{"Condition": "IsProduction"}, {"Condition": "IsTrial"}]},
        "IsSecret": {"Fn::Equals": [{"Ref": "Password"}, "guess"]},
        "IsOne": {"Fn::Contains": [["1"], {"Ref": "Stage"}]},
    },
}


def worked_out(value: Any, **template: Any) -> tuple[Any, list[str]]:
    """Work a property's value out, and return it with the reasons why parts are unreadable."""
    resources = {
        "Probe": {"Type": "AWS::SNS::Topic", "Properties": {"Value": value}},
        "Bucket": {"Type": "AWS::S3::Bucket", "Metadata": {"aws:cdk:path": "s/buckets/b/Resource"}},
        "Custom": {"Type": "Custom::Thing"},
    }
    given = {"Stage": "production", "Sources": "a,b", "Password": "****"}
    found = reading({**TEMPLATE, **template, "Resources": resources}, **given)
    probe = found.resources["Probe"]["Properties"]
    return probe.get("Value", "absent"), [problem.why for problem in found.problems]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        (7, 7),
        ({"Ref": "Stage"}, "production"),
        ({"Ref": "Sources"}, ["a", "b"]),
        ({"Ref": "AWS::Region"}, "eu-west-2"),
        ({"Ref": "AWS::AccountId"}, "123456789012"),
        ({"Ref": "AWS::NoValue"}, "absent"),
        ([1, {"Ref": "AWS::NoValue"}], [1]),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}]]}, "a-production"),
        ({"Fn::Join": ["", {"Ref": "Sources"}]}, "ab"),
        ({"Fn::Sub": "${Stage}-${!Literal}-${AWS::Partition}"}, "production-${Literal}-aws"),
        ({"Fn::Sub": ["${x}/${Stage}", {"x": {"Ref": "AWS::Region"}}]}, "eu-west-2/production"),
        ({"Fn::Select": ["1", {"Fn::Split": ["/", "a/b"]}]}, "b"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "class"]}, "db.t4g.large"),
        ({"Fn::If": ["IsProduction", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsTrial", "yes", {"k": {"Ref": "Stage"}}]}, {"k": "production"}),
        ({"Fn::If": ["Both", "yes", {"Ref": "AWS::NoValue"}]}, "absent"),
        ({"Fn::If": ["Either", 1, 2]}, 1),
        ({"Fn::Base64": {"Ref": "Stage"}}, {"Fn::Base64": "production"}),
    ],
)
def test_a_function_is_worked_out(value: Any, expected: Any) -> None:
    assert worked_out(value) == (expected, [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Bucket"}, "buckets/b"),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "buckets/b.Arn"),
        ({"Fn::GetAtt": "Bucket.Arn"}, "buckets/b.Arn"),
        ({"Fn::Sub": "${Bucket.Arn}/*"}, "buckets/b.Arn/*"),
        ({"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]}, "buckets/b.Arn/*"),
    ],
)
def test_a_reference_stays_one_and_is_shown_by_its_place(value: Any, expected: str) -> None:
    found, problems = worked_out(value)
    assert named(found, {"Bucket": "buckets/b"}) == expected
    assert COMPUTED not in found
    assert problems == []


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Password"},
        {"Ref": "Version"},
        {"Ref": "Custom"},
        {"Fn::GetAtt": ["Custom", "Statement"]},
        {"Fn::ImportValue": "shared"},
        "{{resolve:ssm:/policy}}",
        {"Fn::Join": ["", ["{{res", "olve:ssm:/policy}}"]]},
        {"Fn::Sub": "arn:${Custom.Arn}"},
        {"Fn::Select": [0, {"Fn::Split": [".", {"Ref": "Bucket"}]}]},
    ],
)
def test_what_only_cloudformation_knows_is_marked_as_computed(value: Any) -> None:
    found, problems = worked_out(value)
    assert COMPUTED in found
    assert problems == []


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"Fn::Transform": {"Name": "AWS::Include"}}, "Fn::Transform is not known"),
        ({"Fn::Sub": 7}, "Fn::Sub has no text"),
        ({"Ref": "Nothing"}, "refers to Nothing"),
        ({"Ref": "AWS::Moon"}, "AWS::Moon is not known"),
        ({"Fn::If": ["IsSecret", 1, 2]}, "CloudFormation alone knows"),
        ({"Fn::If": ["IsOne", 1, 2]}, "condition is not understood"),
        ({"Fn::If": ["Missing", 1, 2]}, "Missing is not in the template"),
        ({"Fn::Select": [5, ["a"]]}, "picks what is not there"),
        ({"Fn::Select": ["x", ["a"]]}, "picks what is not there"),
        ({"Fn::FindInMap": ["Sizes", "trial", "class"]}, "finds nothing"),
        ({"Fn::Join": ["", "text"]}, "a list was expected"),
        ({"Fn::Join": ["", [["list"]]]}, "a text was expected"),
        ("\ue000Bucket.Arn\ue001", "a character that Groundwork uses"),
        ({"Fn::Sub": "\ue000Bucket\ue001"}, "a character that Groundwork uses"),
    ],
)
def test_what_cannot_be_worked_out_is_said_and_counts_as_computed(value: Any, why: str) -> None:
    found, problems = worked_out(value)
    assert COMPUTED in found
    assert len(problems) == 1
    assert why in problems[0]


def test_a_resource_whose_condition_is_false_is_not_there() -> None:
    made = {"Type": "AWS::SNS::Topic", "Condition": "IsProduction"}
    left_out = {"Type": "AWS::SNS::Topic", "Condition": "IsTrial"}
    doubtful = {"Type": "AWS::SNS::Topic", "Condition": "IsSecret"}
    resources = {"Made": made, "LeftOut": left_out, "Doubtful": doubtful}
    found = reading({**TEMPLATE, "Resources": resources}, Stage="production")
    assert [*found.resources] == ["Made", "Doubtful"]
    assert [problem.logical_id for problem in found.problems] == ["Doubtful"]
