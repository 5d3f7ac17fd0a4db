from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk.assertions import Template

BUCKET = "arn:aws:s3:::ocp"
CONFIGURATION = """
backup:
  buckets:
    ocp:
      versioned: true
      users:
        files: {tool: files}
        files-below: {tool: files, prefix: a/b}
        pg: {tool: pgbackrest, prefix: main}
        restic: {tool: restic}
        restic-adds: {tool: restic, prefix: r, append_only: true}
        reader-1: {tool: read-only}
        reader-2: {tool: read-only}
        reader-below: {tool: read-only, prefix: main}
"""

LIST, LOCATE = ("s3:ListBucket", BUCKET), ("s3:GetBucketLocation", BUCKET)


def on(objects: str, *actions: str) -> set[tuple[str, str]]:
    return {(f"s3:{action}Object", f"{BUCKET}/{objects}") for action in actions}


# Written by hand from the tools' manuals, so that the table of tools does not vouch for itself.
ALLOWED = {
    "files": {LIST, *on("*", "Put", "Get", "Delete")},
    "files-below": {LIST, *on("a/b/*", "Put", "Get", "Delete")},
    "pg": {LIST, *on("main/*", "Put", "Get", "Delete")},
    "restic": {LIST, LOCATE, *on("*", "Put", "Get", "Delete")},
    "restic-adds": {LIST, LOCATE, *on("r/*", "Put", "Get"), *on("r/locks/*", "Delete")},
    "reader-1": {LIST, *on("*", "Get")},
    "reader-2": {LIST, *on("*", "Get")},
    "reader-below": {LIST, *on("main/*", "Get")},
}


@pytest.fixture
def template(templates: Callable[[str], dict[str, Template]]) -> Template:
    return templates(CONFIGURATION)["backup-us-east-1"]


def users(template: Template) -> dict[str, dict[str, Any]]:
    found = template.find_resources("AWS::IAM::User")
    return {logical_id: user["Properties"] for logical_id, user in found.items()}


def policies(template: Template, user: str) -> list[dict[str, Any]]:
    """Return the policies that reach a user, by itself or through its groups."""
    (reached,) = (
        {i, *refs(p.get("Groups", ()))} for i, p in users(template).items() if p["UserName"] == user
    )
    found = template.find_resources("AWS::IAM::ManagedPolicy").values()
    return [
        policy["Properties"]
        for policy in found
        if reached
        & {
            *refs(policy["Properties"].get("Users", ())),
            *refs(policy["Properties"].get("Groups", ())),
        }
    ]


def refs(values: Any) -> set[str]:
    return {value["Ref"] for value in values}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def resource(value: dict[str, Any]) -> str:
    if "Fn::GetAtt" in value:
        return BUCKET
    return BUCKET + str(value["Fn::Join"][1][1])


def statements(template: Template, user: str) -> list[dict[str, Any]]:
    (policy,) = policies(template, user)
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


@pytest.mark.parametrize("user", ALLOWED)
def test_a_tool_may_do_what_its_manual_asks_for_and_nothing_else(
    template: Template, user: str
) -> None:
    found = statements(template, user)
    assert {statement["Effect"] for statement in found} == {"Allow"}
    assert {
        (action, resource(statement["Resource"]))
        for statement in found
        for action in listed(statement["Action"])
    } == ALLOWED[user]


def conditions(template: Template, user: str) -> list[Any]:
    return [
        s.get("Condition") for s in statements(template, user) if s["Action"] == "s3:ListBucket"
    ]


def test_without_a_prefix_the_whole_bucket_is_listed(template: Template) -> None:
    assert conditions(template, "files") == [None]


@pytest.mark.parametrize(
    ("user", "prefix"),
    [("files-below", "a/b/*"), ("restic-adds", "r/*"), ("reader-below", "main/*")],
)
def test_a_prefix_limits_what_is_listed(template: Template, user: str, prefix: str) -> None:
    assert conditions(template, user) == [{"StringLike": {"s3:prefix": [prefix]}}]


def test_pgbackrest_lists_under_the_two_conditions_of_its_manual(template: Template) -> None:
    assert conditions(template, "pg") == [
        {"StringEquals": {"s3:prefix": ["", "main"], "s3:delimiter": ["/"]}},
        {"StringLike": {"s3:prefix": ["main/*"]}},
    ]


def test_a_policy_of_one_user_is_attached_to_that_user(template: Template) -> None:
    (policy,) = policies(template, "files")
    assert len(policy["Users"]) == 1
    assert "Groups" not in policy


def test_users_of_one_tool_and_prefix_share_a_policy_through_a_group(template: Template) -> None:
    (policy,) = policies(template, "reader-1")
    assert policies(template, "reader-2") == [policy]
    assert policies(template, "reader-below") != [policy]
    assert "Users" not in policy
    template.resource_count_is("AWS::IAM::Group", 1)


def test_a_second_user_replaces_neither_the_first_nor_the_policy(
    templates: Callable[[str], dict[str, Template]],
) -> None:
    text = "backup: {buckets: {ocp: {users: {one: {tool: files}%s}}}}"
    before, after = (
        templates(text % more)["backup-us-east-1"].to_json()["Resources"]
        for more in ("", ", two: {tool: files}")
    )
    assert before.keys() < after.keys()
    added = {after[logical_id]["Type"] for logical_id in after.keys() - before.keys()}
    assert {"AWS::IAM::Group", "AWS::IAM::User"} <= added
