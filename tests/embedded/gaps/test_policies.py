"""How long policies may be."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.gaps.templates import LAMBDA, document

LONG = {"Effect": "Allow", "Action": "s3:GetObject"}


def of_size(characters: int) -> dict[str, Any]:
    """A policy of just this many characters."""
    empty = document({**LONG, "Resource": "arn:aws:s3:::"})
    missing = characters - len(json.dumps(empty, separators=(",", ":")))
    return document({**LONG, "Resource": "arn:aws:s3:::" + missing * "x"})


class TestSizes:
    def resources(self, managed: int, inline: int) -> dict[str, Any]:
        policy = {"PolicyName": "inline", "PolicyDocument": of_size(inline)}
        return {
            "Managed": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {"PolicyDocument": of_size(managed)},
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": LAMBDA, "Policies": [policy]},
            },
        }

    def test_policies_of_the_largest_size_are_taken(self, aws: Any) -> None:
        aws.deploy("largest", self.resources(managed=6_144, inline=10_240))

    def test_one_more_character_is_too_much(self, aws: Any) -> None:
        with pytest.raises(Exception, match="Cannot exceed quota for PolicySize: 6144"):
            aws.deploy("managed", self.resources(managed=6_145, inline=10_240))
        with pytest.raises(Exception, match="Maximum policy size of 10240 bytes exceeded"):
            aws.deploy("inline", self.resources(managed=6_144, inline=10_241))

    def test_inline_policies_count_together(self, aws: Any) -> None:
        resources: dict[str, Any] = {"User": {"Type": "AWS::IAM::User"}}
        for number in (1, 2):
            resources[f"Policy{number}"] = {
                "Type": "AWS::IAM::Policy",
                "DependsOn": "Policy1" if number == 2 else [],
                "Properties": {
                    "PolicyName": f"policy-{number}",
                    "PolicyDocument": of_size(1_025),
                    "Users": [{"Ref": "User"}],
                },
            }
        with pytest.raises(Exception, match=r"Policy2.*Maximum policy size of 2048 bytes exceeded"):
            aws.deploy("together", resources)

    def test_a_trust_policy_has_2048_characters(self, aws: Any) -> None:
        statement = {**LAMBDA["Statement"][0], "Sid": "x" * 2_048}  # type: ignore[dict-item]
        role = {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": document(statement)},
        }
        with pytest.raises(Exception, match="Cannot exceed quota for ACLSizePerRole: 2048"):
            aws.deploy("trusted", {"Role": role})

    def test_a_secrets_policy_has_20480(self, aws: Any, pristine: Any) -> None:
        policy = json.dumps(of_size(20_481) | {"Version": "2012-10-17"})
        for where in (aws, pristine):
            where.client("secretsmanager").create_secret(Name="long", SecretString="{}")
        put = aws.client("secretsmanager").put_resource_policy
        with pytest.raises(ClientError, match="exceeds 20480"):
            put(SecretId="long", ResourcePolicy=policy)
        put = pristine.client("secretsmanager").put_resource_policy
        put(SecretId="long", ResourcePolicy=policy)

    def test_ministack_still_takes_more(self, pristine: Any) -> None:
        pristine.deploy("more", self.resources(managed=6_145, inline=10_241))
