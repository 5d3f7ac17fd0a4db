"""What a review shows besides resources: the file's words, outputs, settings, tags."""

from __future__ import annotations

from typing import Any

import pytest

from runbook.changes.analysis import analyse
from runbook.changes.parts import Danger, Effect
from runbook.changes.view import build
from settings.contract import ITEMS
from tests.runbook.changes import samples
from tests.runbook.changes.readings import STACK, reading, resource

TOPIC = {"Topic": resource("SNS::Topic")}
BEFORE = {
    "suppression": ["bounce"],
    "buckets": {"reports": {"expire_after_days": 30}, "old": {}},
}
AFTER = {
    "suppression": [],
    "buckets": {"reports": {"expire_after_days": 1}, "new": {"region": "eu-west-2"}},
}


def analysed(before: dict[str, Any], after: dict[str, Any], **given: Any) -> dict[str, Any]:
    description: Any = {**STACK, "Changes": [], **given.pop("change_set", {})}
    old, new = reading(before), reading(after)
    return {**analyse(description, old, new, given.get("stack"), given.get("role", ""))}


def items(declared: Any) -> dict[str, Any]:
    return {"Resources": TOPIC, "Metadata": {ITEMS: declared}}


def test_the_file_s_own_words_come_first() -> None:
    found = analysed(items(BEFORE), items(AFTER))["declared"]
    assert [
        (c.item, c.effect, [(d.path, d.before, d.after) for d in c.differences]) for c in found
    ] == [
        ("buckets/new", Effect.ADD, [("region", None, "eu-west-2")]),
        ("buckets/old", Effect.DELETE, []),
        ("buckets/reports", Effect.CHANGE, [("expire_after_days", 30, 1)]),
        ("suppression", Effect.CHANGE, [("", ["bounce"], [])]),
    ]
    stack = samples.stack("backup-us-east-1", declared=found, changes=())
    (view,) = build(samples.review(stack)).stacks
    assert view.sections[0].title == "In the file"


def test_a_stack_of_a_version_without_items_does_not_look_all_new() -> None:
    assert analysed({"Resources": TOPIC}, items(AFTER))["declared"] == ()


def test_an_output_that_changes_is_shown() -> None:
    def output(value: str) -> dict[str, Any]:
        return {"Resources": TOPIC, "Outputs": {"DnsRecords": {"Value": value}}}

    (found,) = analysed(output("p=none"), output("p=reject"))["outputs"]
    assert (found.path, found.before, found.after) == ("DnsRecords.Value", "p=none", "p=reject")


def test_what_a_change_set_sets_of_its_stack_is_shown() -> None:
    stack = {"Tags": [{"Key": "team", "Value": "a"}], "NotificationARNs": [], "RoleARN": "r"}
    topic = "arn:aws:sns:us-east-1:999999999999:t"
    change_set = {"Tags": [{"Key": "team", "Value": "b"}], "NotificationARNs": [topic]}
    template = {"Resources": TOPIC}
    found = analysed(template, template, stack=stack, change_set=change_set)["settings"]
    assert [(d.path, d.before, d.after) for d in found] == [
        ("NotificationARNs", None, [topic]),
        ("Tags.team", "a", "b"),
    ]


@pytest.mark.parametrize(
    ("deployed", "role", "shown"),
    [("a", "b", True), ("a", "a", False), ("", "b", False), ("a", "", False)],
)
def test_another_role_than_the_deployed_stacks_is_a_danger(
    deployed: str, role: str, shown: bool
) -> None:
    template, stack = {"Resources": TOPIC}, {"RoleARN": deployed} if deployed else {}
    found = analysed(template, template, stack=stack, role=role)
    differing = [("RoleARN", deployed, role)] * shown
    assert [(one.path, one.before, one.after) for one in found["settings"]] == differing
    texts = [one.text for one in found["findings"] if one.danger is Danger.ESCALATES]
    assert texts == ["CloudFormation acts as b, no longer as a"] * shown


def test_as_whom_cloudformation_was_asked_to_act_is_among_the_details() -> None:
    stack = samples.stack("backup-us-east-1", role="arn:aws:iam::123456789012:role/deployer")
    (view,) = build(samples.review(stack)).stacks
    (pins,) = [each for each in view.sections if each.title == "What the approval pins"]
    assert pins.folded
    assert "role/deployer" in str(pins.rows)


@pytest.mark.parametrize(
    ("given", "danger"),
    [
        ({"Mode": "STANDARD", "DisableRollback": False}, False),
        ({"Mode": "EXPRESS"}, True),
        ({"DisableRollback": True}, True),
    ],
)
def test_a_change_set_that_does_not_wait_or_roll_back_as_usual_is_a_danger(
    given: dict[str, Any], danger: bool
) -> None:
    template = {"Resources": TOPIC}
    found = analysed(template, template, change_set={"DeploymentConfig": given})
    assert [one.path for one in found["settings"]] == ["DeploymentConfig"] * danger
    assert [one.danger for one in found["findings"]] == [Danger.WEAKENED] * danger


@pytest.mark.parametrize(
    ("tag", "value", "escalates"),
    [
        ("groundwork-stack", "other-stack", True),
        ("groundwork-stack", STACK["StackName"], False),
        ("groundwork-drill", "analysis", True),
        ("team", "other-stack", False),
    ],
)
@pytest.mark.parametrize("there", [[], [{"Key": "team", "Value": "data"}]])
def test_a_tag_of_the_stack_reaches_the_resources_that_policies_tell_by_it(
    there: list[dict[str, str]], tag: str, value: str, escalates: bool
) -> None:
    change_set = {"Tags": [{"Key": tag, "Value": value}]}
    template = {"Resources": TOPIC}
    found = analysed(template, template, stack={"Tags": there}, change_set=change_set)["findings"]
    assert [one.danger for one in found] == [Danger.ESCALATES] * escalates


def test_a_tag_on_many_resources_is_one_line_and_the_rest_is_folded() -> None:
    def tagged(value: str) -> dict[str, Any]:
        tags = {"Tags": [{"Key": "team", "Value": value}]}
        names = [f"Bucket{number}" for number in range(40)]
        return {"Resources": {name: resource("S3::Bucket", tags) for name in names}}

    found = analysed(tagged("a"), tagged("b"))
    (view,) = build(samples.review(samples.stack("backup-us-east-1", **found))).stacks
    titles = {section.title: section for section in view.sections}
    assert "What changes" not in titles
    assert titles["Tags and metadata alone"].folded
    assert titles["Tags and metadata alone"].summary == "40 resources"


def test_every_property_of_what_is_added_is_among_the_details() -> None:
    made = {"Resources": {"Topic": resource("SNS::Topic", {"DisplayName": "reports"})}}
    item = {"Action": "Add", "LogicalResourceId": "Topic", "ResourceType": "AWS::SNS::Topic"}
    changes = {"Changes": [{"ResourceChange": item}]}
    found = analysed({}, made, change_set=changes)
    assert [(d.path, d.after) for d in found["changes"][0].differences] == [
        ("Properties.DisplayName", "reports")
    ]
    (view,) = build(samples.review(samples.stack("mail-us-east-1", **found))).stacks
    (added,) = [section for section in view.sections if section.title == "What is added"]
    (value,) = added.rows[0].details[0].details
    assert value.values
    assert value.values.after == "reports"
