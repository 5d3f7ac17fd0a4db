"""Rotation of secrets by a function."""

from typing import Any

import pytest

from embedded import processes
from tests.embedded.gaps.templates import LAMBDA, attribute, function, ref


class TestRotation:
    ROTATE = """
import boto3
def handler(event, context):
    secrets = boto3.client("secretsmanager")
    secret, token = event["SecretId"], event["ClientRequestToken"]
    if event["Step"] == "createSecret":
        secrets.put_secret_value(SecretId=secret, ClientRequestToken=token,
                                 SecretString="new", VersionStages=["AWSPENDING"])
    if event["Step"] == "finishSecret":
        versions = secrets.describe_secret(SecretId=secret)["VersionIdsToStages"]
        current = next(v for v, stages in versions.items() if "AWSCURRENT" in stages)
        secrets.update_secret_version_stage(SecretId=secret, VersionStage="AWSCURRENT",
                                            MoveToVersionId=token, RemoveFromVersionId=current)
"""

    def resources(self, *, permitted: bool = True) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": ref("Secret")}
        policy = {
            "PolicyName": "rotates",
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        }
        found: dict[str, Any] = {
            "Secret": {
                "Type": "AWS::SecretsManager::Secret",
                "Properties": {"SecretString": "old"},
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": LAMBDA, "Policies": [policy]},
            },
            "Function": function(self.ROTATE),
            "Schedule": {
                "Type": "AWS::SecretsManager::RotationSchedule",
                "DependsOn": ["Permission"] if permitted else [],
                "Properties": {
                    "SecretId": ref("Secret"),
                    "RotationLambdaARN": attribute("Arn", of="Function"),
                    "RotationRules": {"AutomaticallyAfterDays": 30},
                    "RotateImmediatelyOnUpdate": False,
                },
            },
        }
        if permitted:
            found["Permission"] = {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "FunctionName": ref("Function"),
                    "Action": "lambda:InvokeFunction",
                    "Principal": "secretsmanager.amazonaws.com",
                },
            }
        return found

    def test_the_function_rotates_the_secret(self, aws: Any) -> None:
        arn = aws.deploy("rotation", self.resources(), Secret=ref("Secret"))["Secret"]
        secrets = aws.client("secretsmanager")
        assert secrets.get_secret_value(SecretId=arn)["SecretString"] == "old"
        version = secrets.rotate_secret(SecretId=arn)["VersionId"]
        rotated = processes.until(
            lambda: secrets.get_secret_value(SecretId=arn)["SecretString"] == "new", 20
        )
        assert rotated
        assert secrets.get_secret_value(SecretId=arn)["VersionId"] == version
        previous = secrets.get_secret_value(SecretId=arn, VersionStage="AWSPREVIOUS")
        assert previous["SecretString"] == "old"
        assert processes.until(
            lambda: "LastRotatedDate" in secrets.describe_secret(SecretId=arn), 20
        )
        shown = secrets.describe_secret(SecretId=arn)
        assert shown["RotationRules"] == {"AutomaticallyAfterDays": 30}
        assert (shown["NextRotationDate"] - shown["LastRotatedDate"]).days == 30
        assert aws.delete("rotation") == "DELETE_COMPLETE"

    TESTED = """
import boto3
def handler(event, context):
    stages = boto3.client("secretsmanager").describe_secret(SecretId=event["SecretId"])
    boto3.client("sqs").send_message(QueueUrl="{queue}", MessageBody=" ".join(
        [event["Step"], *stages["VersionIdsToStages"][event["ClientRequestToken"]]]))
"""

    def test_a_schedule_has_the_function_test_an_empty_version(self, aws: Any) -> None:
        sqs, secrets = aws.client("sqs"), aws.client("secretsmanager")
        queue = sqs.create_queue(QueueName="tested")["QueueUrl"]
        resources = self.resources()
        resources["Function"]["Properties"]["Code"] = {
            "ZipFile": self.TESTED.replace("{queue}", queue)
        }
        policy = resources["Role"]["Properties"]["Policies"][0]["PolicyDocument"]
        policy["Statement"].append({"Effect": "Allow", "Action": "sqs:*", "Resource": "*"})
        arn = aws.deploy("tested", resources, Secret=ref("Secret"))["Secret"]
        asked = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
        assert [message["Body"] for message in asked] == ["testSecret AWSPENDING"]

        def stages() -> list[list[str]]:
            return [*secrets.describe_secret(SecretId=arn)["VersionIdsToStages"].values()]

        assert processes.until(lambda: stages() == [["AWSCURRENT"]], 20)

    def test_a_function_that_may_not_be_called_fails_the_schedule(self, aws: Any) -> None:
        with pytest.raises(Exception, match="cannot invoke the specified Lambda function"):
            aws.deploy("unpermitted", self.resources(permitted=False))

    def test_ministack_still_rotates_without_the_function(self, pristine: Any) -> None:
        secrets = pristine.client("secretsmanager")
        secrets.create_secret(Name="rotating", SecretString="old")
        arn = "arn:aws:lambda:us-east-1:123456789012:function:missing"
        secrets.rotate_secret(SecretId="rotating", RotationLambdaARN=arn)
        versions = secrets.describe_secret(SecretId="rotating")["VersionIdsToStages"]
        assert ["AWSCURRENT"] in versions.values()
        assert len(versions) == 2
