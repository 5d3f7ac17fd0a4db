"""Members and policies that nobody declared, of types that the example has none of."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from runbook.base import aws
from runbook.drift import beside
from runbook.drift.deployed import stacks
from tests.runbook.changes.stacks import deploy

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DOCUMENT: dict[str, Any] = {"Version": "2012-10-17", "Statement": [EVERYTHING]}


def found(name: str) -> set[tuple[str, str]]:
    (stack,) = stacks([("us-east-1", name)])
    return {(change.what, str(change.now)) for change in beside.found(stack)}


def test_members_and_policies_of_a_group_that_nobody_declared_are_named(name: str) -> None:
    group, ours = f"{name}-group", f"{name}-ours"
    deploy(
        name,
        {
            "Group": {"Type": "AWS::IAM::Group", "Properties": {"GroupName": group}},
            "User": {
                "Type": "AWS::IAM::User",
                "Properties": {"UserName": ours, "Groups": [{"Ref": "Group"}]},
            },
            "Policy": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {"PolicyDocument": DOCUMENT, "Groups": [{"Ref": "Group"}]},
            },
        },
    )
    assert found(name) == set()
    iam = boto3.client("iam", config=aws.CONFIG)
    iam.create_user(UserName=f"{name}-theirs")
    iam.add_user_to_group(GroupName=group, UserName=f"{name}-theirs")
    iam.put_group_policy(GroupName=group, PolicyName="theirs", PolicyDocument=json.dumps(DOCUMENT))
    assert found(name) == {
        ("has a member that nobody declared", f"{name}-theirs"),
        ("has an inline policy that nobody declared", "theirs"),
    }


def test_a_policy_of_a_secret_that_is_declared_without_one_is_named(name: str) -> None:
    deploy(name, {"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": name}}})
    assert found(name) == set()
    client = boto3.client("secretsmanager", config=aws.CONFIG)
    theirs = {**EVERYTHING, "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
    policy = {**DOCUMENT, "Statement": [theirs]}
    client.put_resource_policy(SecretId=name, ResourcePolicy=json.dumps(policy))
    assert {what for what, _ in found(name)} == {"has a policy that nobody declared"}
