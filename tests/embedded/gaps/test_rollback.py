"""What a rollback deletes, and what it leaves."""

import json
from typing import Any

import pytest

from tests.embedded.conftest import DeploymentError
from tests.embedded.gaps.templates import LAMBDA, attribute, function

BROKEN = {
    "Type": "AWS::IAM::UserToGroupAddition",
    "Properties": {"GroupName": "no", "Users": ["no"]},
}
FUNCTION = """
import boto3, json, urllib.request
def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl=event["ResourceProperties"]["Queue"],
        MessageBody=event["RequestType"] + " " + event.get("PhysicalResourceId", "-"))
    failed = event["RequestType"] == "Create"
    answer = {"Status": "FAILED" if failed else "SUCCESS", "Reason": "as wanted",
              "PhysicalResourceId": "half-made", "StackId": event["StackId"],
              "RequestId": event["RequestId"], "LogicalResourceId": event["LogicalResourceId"]}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(),
                                     {"Content-Type": ""}, method="PUT")
    urllib.request.urlopen(request)
"""


def custom(queue: str) -> dict[str, Any]:
    everything = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [everything]}
    return {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": LAMBDA,
                "Policies": [{"PolicyName": "sends", "PolicyDocument": policy}],
            },
        },
        "Function": function(FUNCTION),
        "Custom": {
            "Type": "Custom::Failing",
            "Properties": {"ServiceToken": attribute("Arn", of="Function"), "Queue": queue},
        },
    }


def calls(where: Any, queue: str) -> list[str]:
    """Deploy a custom resource that cannot be created; what its function was called for."""
    sqs = where.client("sqs")
    url = sqs.create_queue(QueueName=queue)["QueueUrl"]
    with pytest.raises(DeploymentError, match=r"ROLLBACK_COMPLETE.*as wanted"):
        where.deploy(queue, custom(url))
    found = []
    while received := sqs.receive_message(QueueUrl=url).get("Messages"):
        found.append(received[0]["Body"])
        sqs.delete_message(QueueUrl=url, ReceiptHandle=received[0]["ReceiptHandle"])
    return found


class TestCustomResources:
    def test_what_could_not_be_created_is_deleted(self, aws: Any) -> None:
        assert calls(aws, "half-made") == ["Create -", "Delete half-made"]

    def test_ministack_still_leaves_it(self, pristine: Any) -> None:
        assert calls(pristine, "half-made") == ["Create -"]


class TestPolicies:
    """No gap; what a failed first deployment leaves behind."""

    def topics(self, aws: Any, policy: str) -> list[str]:
        name = f"rolled-back-{policy.lower()}"
        kept = {"Type": "AWS::SNS::Topic", "DeletionPolicy": policy}
        kept["Properties"] = {"TopicName": name}  # type: ignore[assignment]
        with pytest.raises(DeploymentError, match="ROLLBACK_COMPLETE"):
            aws.deploy(name, {"Kept": kept, "Broken": {**BROKEN, "DependsOn": "Kept"}})
        found = json.dumps(aws.client("sns").list_topics()["Topics"])
        return [name] if f":{name}" in found else []

    def test_what_is_retained_stays(self, aws: Any) -> None:
        assert self.topics(aws, "Retain")

    def test_what_is_retained_except_on_creation_goes(self, aws: Any) -> None:
        assert not self.topics(aws, "RetainExceptOnCreate")

    def test_a_protected_database_is_in_the_way(self, aws: Any) -> None:
        database = {
            "Type": "AWS::RDS::DBCluster",
            "Properties": {
                "DBClusterIdentifier": "in-the-way",
                "Engine": "aurora-postgresql",
                "MasterUsername": "postgres",
                "MasterUserPassword": "a-password",
                "DeletionProtection": True,
            },
        }
        with pytest.raises(DeploymentError, match=r"^ROLLBACK_FAILED.*Cannot delete protected"):
            aws.deploy("in-the-way", {"Kept": database, "Broken": {**BROKEN, "DependsOn": "Kept"}})
        assert aws.client("rds").describe_db_clusters(DBClusterIdentifier="in-the-way")
