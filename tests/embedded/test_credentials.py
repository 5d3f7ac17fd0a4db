"""A user's key from its creation to its end, with the real function and IAM enforced."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk.assertions import Template
from botocore.exceptions import ClientError

from embedded import processes
from tests.embedded.conftest import CODE

STACK, USER = "backup-us-east-1", "nightly"
READER = "arn:aws:iam::123456789012:role/reader"

Deploy = Callable[..., None]


@pytest.fixture(scope="module")
def deploy(aws: Any, templates: Callable[[str], dict[str, Template]]) -> Deploy:
    def run(version: int, users: str | None = None, broken: bool = False) -> None:
        one = f"{USER}: {{tool: files, credentials: {{version: {version}, readers: ['{READER}']}}}}"
        text = f"{{nightly-backup: {{users: {{{one if users is None else users}}}}}}}"
        resources = templates(f"backup: {{buckets: {text}}}")[STACK].to_json()["Resources"]
        if broken:
            resources["Broken"] = broken_after(resources)
        aws.deploy(STACK, resources)

    return run


def broken_after(resources: dict[str, Any]) -> dict[str, Any]:
    """A resource that fails, once the key is made."""
    (key,) = (i for i, resource in resources.items() if resource["Type"] == "Custom::AccessKey")
    properties = {"GroupName": "no-such-group", "Users": [USER]}
    return {"Type": "AWS::IAM::UserToGroupAddition", "Properties": properties, "DependsOn": key}


def secret_arn(aws: Any) -> str:
    found = aws.client("cloudformation").describe_stack_resources(StackName=STACK)
    (arn,) = (
        resource["PhysicalResourceId"]
        for resource in found["StackResources"]
        if resource["ResourceType"] == "AWS::SecretsManager::Secret"
    )
    return str(arn)


def session(aws: Any, role: str) -> dict[str, str]:
    """Make a role that may do anything, and become it."""
    root = {"AWS": "arn:aws:iam::123456789012:root"}
    trust = {"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam = aws.client("iam")
    if role not in {known["RoleName"] for known in iam.list_roles()["Roles"]}:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=policy(trust))
        iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=policy(everything))
    arn = f"arn:aws:iam::123456789012:role/{role}"
    made = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
        "aws_session_token": made["SessionToken"],
    }


def policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def read(aws: Any, role: str = "reader") -> dict[str, Any]:
    client = aws.client("secretsmanager", **session(aws, role))
    value: dict[str, Any] = json.loads(
        client.get_secret_value(SecretId=secret_arn(aws))["SecretString"]
    )
    return value


def values(aws: Any) -> list[dict[str, Any]]:
    """The values of all the stack's secrets that are left in the account."""
    client = aws.client("secretsmanager", **session(aws, "reader"))
    descriptions = aws.client("secretsmanager").list_secrets()["SecretList"]
    arns = [each["ARN"] for each in descriptions if each["Description"].startswith("Access key of")]
    return [json.loads(client.get_secret_value(SecretId=arn)["SecretString"]) for arn in arns]


def as_user(aws: Any, service: str, value: dict[str, Any]) -> Any:
    pair = {f"aws_{name}": value[name] for name in ("access_key_id", "secret_access_key")}
    return aws.client(service, **pair)


def works(aws: Any, value: dict[str, Any]) -> bool:
    try:
        as_user(aws, "sts", value).get_caller_identity()
    except ClientError:
        return False
    return True


def keys(aws: Any) -> set[str]:
    found = aws.client("iam").list_access_keys(UserName=USER)["AccessKeyMetadata"]
    return {key["AccessKeyId"] for key in found}


def users(aws: Any) -> set[str]:
    return {user["UserName"] for user in aws.client("iam").list_users()["Users"]}


@pytest.mark.embedded
def test_a_key_lives_from_its_deployment_to_the_users_removal(aws: Any, deploy: Deploy) -> None:
    deploy(version=1)
    first = read(aws)
    assert (first["user"], first["bucket"], first["region"]) == (
        USER,
        "nightly-backup",
        "us-east-1",
    )
    assert keys(aws) == {first["access_key_id"]}
    s3 = as_user(aws, "s3", first)
    s3.put_object(Bucket="nightly-backup", Key="dump", Body=b"data")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.list_objects_v2(Bucket=CODE)

    # Whoever may do everything may still not read the value.
    with pytest.raises(ClientError, match="AccessDenied"):
        read(aws, "administrator")

    deploy(version=2)
    second = read(aws)
    assert works(aws, first)
    assert works(aws, second)

    deploy(version=3)
    third = read(aws)
    assert not works(aws, first)
    assert keys(aws) == {second["access_key_id"], third["access_key_id"]}

    # What comes after the new key fails, and the deployment is rolled back.
    with pytest.raises(Exception, match="no-such-group"):
        deploy(version=4, broken=True)
    assert read(aws)["access_key_id"] == third["access_key_id"]
    assert works(aws, third)
    assert len(keys(aws)) <= 2

    deploy(version=4)
    fourth = read(aws)
    assert fourth["version"] == 4
    assert works(aws, third)
    assert works(aws, fourth)

    deploy(version=4, users="")
    assert processes.until(lambda: USER not in users(aws), 30)


@pytest.mark.embedded
def test_one_of_several_users_goes_with_its_key_and_its_secret(aws: Any, deploy: Deploy) -> None:
    tool = f"{{tool: files, credentials: {{readers: ['{READER}']}}}}"
    one, two = f"{USER}: {tool}", f"weekly: {tool}"
    deploy(version=1, users=f"{one}, {two}")
    value = next(value for value in values(aws) if value["user"] == "weekly")
    assert works(aws, value)
    deploy(version=1, users=one)
    assert processes.until(lambda: "weekly" not in users(aws), 30)
    assert not works(aws, value)
    assert [value["user"] for value in values(aws)] == [USER]
    assert works(aws, read(aws))
    deploy(version=1, users=f"{one}, {two}")
    assert {value["user"] for value in values(aws)} == {USER, "weekly"}
    deploy(version=1, users="")
    assert processes.until(lambda: not {USER, "weekly"} & users(aws), 30)


@pytest.mark.embedded
def test_secrets_manager_renews_a_key_by_the_same_function(aws: Any, deploy: Deploy) -> None:
    schedule = f"credentials: {{rotate_every: 30d, readers: ['{READER}']}}"
    deploy(version=1, users=f"{USER}: {{tool: files, {schedule}}}")
    before = read(aws)
    aws.client("secretsmanager").rotate_secret(SecretId=secret_arn(aws))
    assert processes.until(lambda: read(aws) != before, 30)
    after = read(aws)
    assert after["previous_access_key_id"] == before["access_key_id"]
    assert works(aws, before)
    assert works(aws, after)
    deploy(version=1, users="")
    assert processes.until(lambda: USER not in users(aws), 30)
