from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

READER = "arn:aws:iam::123456789012:role/salt"
CLOUDFORMATION = "arn:aws:iam::123456789012:role/cdk-hnb659fds-cfn-exec-role-123456789012-us-east-1"
CONFIGURATION = f"""
backup:
  buckets:
    ocp:
      users:
        plain: {{tool: files}}
        shown: {{tool: files, credentials: {{version: 3, readers: ["{READER}"]}}}}
        scheduled: {{tool: pgbackrest, prefix: main, credentials: {{rotate_every: 90d}}}}
"""


@pytest.fixture
def template(templates: Callable[[str], dict[str, Template]]) -> Template:
    return templates(CONFIGURATION)["backup-us-east-1"]


def only(template: Template, resource_type: str, user: str) -> tuple[str, dict[str, Any]]:
    """Return the resource of a type that belongs to a user, with its logical id."""
    found = template.find_resources(resource_type)
    ((logical_id, resource),) = ((i, r) for i, r in found.items() if f"users{user}cred" in i)
    return logical_id, dict(resource)


def test_the_key_is_asked_for_by_user_secret_number_and_contents(template: Template) -> None:
    secret, _ = only(template, "AWS::SecretsManager::Secret", "scheduled")
    template.has_resource_properties(
        "Custom::AccessKey",
        {
            "User": {"Ref": Match.string_like_regexp("usersscheduled")},
            "Secret": {"Ref": secret},
            "Version": 1,
            "Template": {"bucket": "ocp", "prefix": "main", "region": "us-east-1"},
        },
    )
    assert only(template, "Custom::AccessKey", "shown")[1]["Properties"]["Version"] == 3


def test_no_value_is_written_before_the_secret_is_closed(template: Template) -> None:
    policy, _ = only(template, "AWS::SecretsManager::ResourcePolicy", "plain")
    _, key = only(template, "Custom::AccessKey", "plain")
    assert policy in key["DependsOn"]


def statements(template: Template, user: str) -> list[dict[str, Any]]:
    _, policy = only(template, "AWS::SecretsManager::ResourcePolicy", user)
    found: list[dict[str, Any]] = policy["Properties"]["ResourcePolicy"]["Statement"]
    return found


def function_role(template: Template) -> dict[str, Any]:
    (role,) = template.find_resources("AWS::IAM::Role")
    return {"Fn::GetAtt": [role, "Arn"]}


def test_only_the_function_and_cloudformation_read_a_secret_without_readers(
    template: Template,
) -> None:
    denial, grant = statements(template, "plain")
    assert denial == {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
        "Condition": {
            "ArnNotEquals": {"aws:PrincipalArn": [function_role(template), CLOUDFORMATION]}
        },
    }
    assert grant["Condition"]["ArnEquals"] == {"aws:PrincipalArn": [function_role(template)]}
    assert "secretsmanager:PutSecretValue" in grant["Action"]


def test_readers_are_let_through_and_allowed_by_name_and_not_as_principals(
    template: Template,
) -> None:
    denial, grant, _ = statements(template, "shown")
    assert READER in denial["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
    assert grant == {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:PrincipalAccount": "123456789012"},
            "ArnEquals": {"aws:PrincipalArn": [READER]},
        },
    }


def test_one_function_serves_a_stack_and_touches_keys_of_its_users_alone(
    template: Template,
) -> None:
    template.resource_count_is("AWS::Lambda::Function", 1)
    (policy,) = template.find_resources("AWS::IAM::Policy").values()
    allowed = policy["Properties"]["PolicyDocument"]["Statement"]
    (keys,) = (each for each in allowed if "iam:CreateAccessKey" in each["Action"])
    assert keys == {
        "Effect": "Allow",
        "Action": ["iam:CreateAccessKey", "iam:DeleteAccessKey"],
        "Resource": "arn:aws:iam::123456789012:user/*",
        "Condition": {"StringEquals": {"aws:ResourceTag/groundwork-stack": "backup-us-east-1"}},
    }
    for user in template.find_resources("AWS::IAM::User").values():
        assert {"Key": "groundwork-stack", "Value": "backup-us-east-1"} in user["Properties"][
            "Tags"
        ]


def test_what_the_function_may_do_stays_the_same_whoever_comes_and_goes(
    template: Template, templates: Callable[[str], dict[str, Template]]
) -> None:
    other = templates("backup: {buckets: {ocp: {users: {other: {tool: restic}}}}}")
    kind = "AWS::IAM::Policy"
    assert template.find_resources(kind) == other["backup-us-east-1"].find_resources(kind)


def test_a_schedule_renews_in_days_and_not_at_once(template: Template) -> None:
    secret, _ = only(template, "AWS::SecretsManager::Secret", "scheduled")
    template.resource_count_is("AWS::SecretsManager::RotationSchedule", 1)
    template.has_resource_properties(
        "AWS::SecretsManager::RotationSchedule",
        {
            "SecretId": {"Ref": secret},
            "RotateImmediatelyOnUpdate": False,
            "RotationRules": {"AutomaticallyAfterDays": 90},
        },
    )
    template.has_resource_properties(
        "AWS::Lambda::Permission",
        {"Principal": "secretsmanager.amazonaws.com", "SourceAccount": "123456789012"},
    )


def test_a_stack_without_users_has_no_function(
    templates: Callable[[str], dict[str, Template]],
) -> None:
    template = templates("backup: {buckets: {ocp: {}}}")["backup-us-east-1"]
    template.resource_count_is("AWS::Lambda::Function", 0)
