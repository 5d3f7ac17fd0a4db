"""What credentials rely on: who may read a secret, by its own policy."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
SECRET = {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": "{}"}}


def document(statement: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [statement]}


def unless(role: str) -> dict[str, Any]:
    """A policy that refuses the value to everybody but one role."""
    return document(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": "*",
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": role}},
        }
    )


def client_of(aws: Any, service: str, role: str, path: str) -> tuple[str, Any]:
    """Make a role that may do anything, and a client of a session of it."""
    root = {"AWS": "arn:aws:iam::123456789012:root"}
    trust = document({"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"})
    iam = aws.client("iam")
    made = iam.create_role(RoleName=role, Path=path, AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=json.dumps(document(ALL)))
    arn = made["Role"]["Arn"]
    session = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    credentials = {
        "aws_access_key_id": session["AccessKeyId"],
        "aws_secret_access_key": session["SecretAccessKey"],
        "aws_session_token": session["SessionToken"],
    }
    return arn, aws.client(service, **credentials)


class TestPrincipalArn:
    @pytest.fixture(params=["/", "/teams/platform/"])
    def path(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def read(self, aws: Any, path: str) -> None:
        name = f"reader{path.replace('/', '-')}"
        role, client = client_of(aws, "secretsmanager", name, path)
        secret = client.create_secret(Name=f"of-{name}", SecretString="{}")["ARN"]
        client.put_resource_policy(SecretId=secret, ResourcePolicy=json.dumps(unless(role)))
        client.get_secret_value(SecretId=secret)

    def test_a_session_is_known_by_its_roles_arn(self, aws: Any, path: str) -> None:
        self.read(aws, path)

    def test_ministack_still_knows_it_by_the_sessions(self, pristine: Any) -> None:
        with pytest.raises(ClientError, match="AccessDenied"):
            self.read(pristine, "/")


class TestSecretPolicies:
    def resource(self, role: str) -> dict[str, Any]:
        properties = {"SecretId": {"Ref": "Secret"}, "ResourcePolicy": unless(role)}
        return {"Type": "AWS::SecretsManager::ResourcePolicy", "Properties": properties}

    def test_a_policy_is_put_changed_and_taken_away(self, aws: Any) -> None:
        client = aws.client("secretsmanager")
        found = []
        for policy in (self.resource("first"), self.resource("second"), None):
            resources = {"Secret": SECRET, **({"Policy": policy} if policy else {})}
            arn = aws.deploy("closed", resources, Arn={"Ref": "Secret"})["Arn"]
            found.append(client.get_resource_policy(SecretId=arn).get("ResourcePolicy", ""))
        assert ["first" in found[0], "second" in found[1], bool(found[2])] == [True, True, False]
        assert aws.delete("closed") == "DELETE_COMPLETE"
