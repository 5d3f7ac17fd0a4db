"""What is asked of a policy before it is taken."""

import json
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded import processes
from tests.embedded.gaps.templates import LAMBDA, document

ABSENT = "arn:aws:iam::123456789012:role/absent"
LONG = {"Effect": "Allow", "Action": "s3:GetObject"}


def trusting(principal: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    return document(statement)


def allowing(principal: str, action: str, resource: str) -> str:
    named = {"Principal": {"AWS": principal}, "Action": action, "Resource": resource}
    return json.dumps(document({"Effect": "Allow", **named}))


def of_size(characters: int) -> dict[str, Any]:
    """A policy of just this many characters."""
    empty = document({**LONG, "Resource": "arn:aws:s3:::"})
    missing = characters - len(json.dumps(empty, separators=(",", ":")))
    return document({**LONG, "Resource": "arn:aws:s3:::" + missing * "x"})


def trust_of(iam: Any, role: str) -> object:
    return iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]


def put_topic_policy(where: Any, policy: str) -> None:
    sns = where.client("sns")
    topic = sns.create_topic(Name="of-principals")["TopicArn"]
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)


def put_queue_policy(where: Any, policy: str) -> None:
    sqs = where.client("sqs")
    queue = sqs.create_queue(QueueName="of-principals")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})


class TestPrincipals:
    def test_a_role_that_does_not_exist_is_trusted_by_none(self, aws: Any) -> None:
        iam = aws.client("iam")
        with pytest.raises(ClientError, match=r"MalformedPolicyDocument.*Invalid principal"):
            iam.create_role(RoleName="x", AssumeRolePolicyDocument=json.dumps(trusting(ABSENT)))
        role = {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": trusting(ABSENT)},
        }
        with pytest.raises(Exception, match=f"Invalid principal.*{ABSENT}"):
            aws.deploy("trusting", {"Role": role})

    def test_nor_may_it_read_a_secret(self, aws: Any) -> None:
        secrets = aws.client("secretsmanager")
        secret = secrets.create_secret(Name="principals", SecretString="{}")["ARN"]
        policy = allowing(ABSENT, "secretsmanager:GetSecretValue", "*")
        with pytest.raises(ClientError, match=r"MalformedPolicyDocumentException.*unsupported"):
            secrets.put_resource_policy(SecretId=secret, ResourcePolicy=policy)

    def test_nor_a_bucket(self, aws: Any) -> None:
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="of-principals")
        policy = allowing(ABSENT, "s3:GetObject", "arn:aws:s3:::of-principals/*")
        with pytest.raises(ClientError, match=r"MalformedPolicy.*Invalid principal"):
            s3.put_bucket_policy(Bucket="of-principals", Policy=policy)

    def test_nor_may_it_or_a_new_one_do_anything_with_a_topic_or_a_queue(self, aws: Any) -> None:
        trust = json.dumps(trusting("*"))
        new = aws.client("iam").create_role(RoleName="newer", AssumeRolePolicyDocument=trust)
        for principal in (ABSENT, new["Role"]["Arn"]):
            with pytest.raises(ClientError, match="PrincipalNotFound"):
                put_topic_policy(aws, allowing(principal, "sns:Publish", "*"))
            with pytest.raises(ClientError, match="Invalid value for the parameter Policy"):
                put_queue_policy(aws, allowing(principal, "sqs:SendMessage", "*"))

    def test_ministack_still_lets_it(self, pristine: Any) -> None:
        put_topic_policy(pristine, allowing(ABSENT, "sns:Publish", "*"))
        put_queue_policy(pristine, allowing(ABSENT, "sqs:SendMessage", "*"))

    def test_a_new_role_is_known_to_policies_a_moment_later(self, aws: Any) -> None:
        iam, secrets = aws.client("iam"), aws.client("secretsmanager")
        secret = secrets.create_secret(Name="of-age", SecretString="{}")["ARN"]
        trust = json.dumps(trusting("*"))
        role = iam.create_role(RoleName="young", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        policy = allowing(role, "secretsmanager:GetSecretValue", "*")

        def is_taken() -> bool:
            with suppress(ClientError):
                secrets.put_resource_policy(SecretId=secret, ResourcePolicy=policy)
                return True
            return False

        assert not is_taken()
        assert processes.until(is_taken, 10)

    def test_ministack_still_takes_a_new_one_at_once(self, pristine: Any) -> None:
        iam, secrets = pristine.client("iam"), pristine.client("secretsmanager")
        secret = secrets.create_secret(Name="of-age", SecretString="{}")["ARN"]
        trust = json.dumps(trusting("*"))
        role = iam.create_role(RoleName="young", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        policy = allowing(role, "secretsmanager:GetSecretValue", "*")
        secrets.put_resource_policy(SecretId=secret, ResourcePolicy=policy)

    @pytest.mark.parametrize(
        "principal",
        ["*", "123456789012", "arn:aws:iam::123456789012:root", "arn:aws:iam::999999999999:role/x"],
    )
    def test_accounts_everybody_and_others_are_taken(self, aws: Any, principal: str) -> None:
        iam, name = aws.client("iam"), f"trusts-{principal.strip('*').replace(':', '-')[-20:]}"
        name = name.replace("/", "-")
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trusting(principal)))
        assert trust_of(iam, name) == trusting(principal)

    def test_ministack_still_trusts_who_does_not_exist(self, pristine: Any) -> None:
        iam, policy = pristine.client("iam"), json.dumps(trusting(ABSENT))
        iam.create_role(RoleName="x", AssumeRolePolicyDocument=policy)
        assert trust_of(iam, "x") == trusting(ABSENT)


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

    def deployed(self, where: Any, stack: str, managed: int, inline: int) -> tuple[object, object]:
        """Deploy both, and return the documents that IAM has of them."""
        refs = {name: {"Ref": name} for name in ("Managed", "Role")}
        names = where.deploy(stack, self.resources(managed, inline), **refs)
        iam = where.client("iam")
        version = iam.get_policy(PolicyArn=names["Managed"])["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=names["Managed"], VersionId=version)
        kept = iam.get_role_policy(RoleName=names["Role"], PolicyName="inline")
        return found["PolicyVersion"]["Document"], kept["PolicyDocument"]

    def test_policies_of_the_largest_size_are_taken(self, aws: Any) -> None:
        found = self.deployed(aws, "largest", managed=6_144, inline=10_240)
        assert found == (of_size(6_144), of_size(10_240))

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
        found = self.deployed(pristine, "more", managed=6_145, inline=10_241)
        assert found == (of_size(6_145), of_size(10_241))
