"""What protects a stack and its data, a function's custom resource, and rollback."""

import json
from typing import Any

import pytest

from tests.embedded.gaps.templates import LAMBDA, attribute, function, ref

CUSTOM = """
import json, urllib.request
def handler(event, context):
    failed = event["ResourceProperties"].get("Fails") == "true" and event["RequestType"] != "Delete"
    answer = {
        "Status": "FAILED" if failed else "SUCCESS", "Reason": "asked to fail",
        "PhysicalResourceId": event.get("PhysicalResourceId", "custom"),
        "StackId": event["StackId"], "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": {"Greeting": "Hello, " + event["ResourceProperties"]["Name"]},
    }
    request = urllib.request.Request(
        event["ResponseURL"], data=json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request)
"""


def parameter(name: str, value: str) -> dict[str, Any]:
    properties = {"Name": name, "Type": "String", "Value": value}
    return {"Type": "AWS::SSM::Parameter", "Properties": properties}


def bucket(name: str, *, policy: str = "Delete") -> dict[str, Any]:
    properties = {"BucketName": name}
    return {"Type": "AWS::S3::Bucket", "DeletionPolicy": policy, "Properties": properties}


def database(policy: str) -> dict[str, Any]:
    return {
        "Type": "AWS::RDS::DBInstance",
        "DeletionPolicy": policy,
        "Properties": {
            "Engine": "postgres",
            "DBInstanceClass": "db.t3.micro",
            "AllocatedStorage": "20",
            "MasterUsername": "postgres",
            "MasterUserPassword": "only-an-example",
        },
    }


def custom(**properties: str) -> dict[str, Any]:
    return {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": LAMBDA},
        },
        "Function": function(CUSTOM),
        "Custom": {
            "Type": "Custom::Greeting",
            "Properties": {"ServiceToken": attribute("Arn", of="Function"), **properties},
        },
    }


class TestFunctions:
    def test_a_custom_resource_really_runs(self, aws: Any) -> None:
        resources = custom(Name="world")
        outputs = aws.deploy("custom", resources, Greeting=attribute("Greeting", of="Custom"))
        assert outputs == {"Greeting": "Hello, world"}
        assert aws.delete("custom") == "DELETE_COMPLETE"

    def test_one_that_fails_rolls_the_stack_back(self, aws: Any) -> None:
        resources = {**custom(Name="world"), "Kept": parameter("/custom/kept", "before")}
        aws.deploy("custom-failing", resources)
        broken = {
            **custom(Name="world", Fails="true"),
            "Kept": parameter("/custom/kept", "after"),
            "New": bucket("never-to-be"),
        }
        broken["Custom"]["DependsOn"] = ["Kept", "New"]
        with pytest.raises(Exception, match=r"UPDATE_ROLLBACK_COMPLETE.*asked to fail"):
            aws.deploy("custom-failing", broken)
        kept = aws.client("ssm").get_parameter(Name="/custom/kept")["Parameter"]["Value"]
        assert kept == "before"
        buckets = aws.client("s3").list_buckets()["Buckets"]
        assert "never-to-be" not in {found["Name"] for found in buckets}

    def test_one_that_raises_fails_at_once_and_says_why(self, aws: Any) -> None:
        resources = custom(Name="world")
        code = {"ZipFile": "def handler(event, context):\n    raise KeyError('the cause')"}
        resources["Function"]["Properties"]["Code"] = code
        # It cannot answer for the deletion either, so the rollback cannot finish.
        with pytest.raises(Exception, match=r"failed before it answered.*the cause"):
            aws.deploy("custom-raising", resources)

    def test_ministack_still_waits_for_it(self, pristine: Any) -> None:
        resources = custom(Name="world")
        code = {"ZipFile": "def handler(event, context):\n    raise KeyError('the cause')"}
        resources["Function"]["Properties"]["Code"] = code
        resources["Custom"]["Properties"]["ServiceTimeout"] = "1"
        with pytest.raises(Exception, match="timed out after 1s"):
            pristine.deploy("custom-raising", resources)


class TestStackPolicy:
    def protect(self, aws: Any, stack: str, **statement: Any) -> None:
        allowed = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
        denied = {"Effect": "Deny", "Principal": "*", "Resource": "*", **statement}
        policy = json.dumps({"Statement": [allowed, denied]})
        aws.client("cloudformation").set_stack_policy(StackName=stack, StackPolicyBody=policy)

    def test_a_denied_change_fails_and_is_rolled_back(self, aws: Any) -> None:
        resources = {
            "First": parameter("/policy/first", "1"),
            "Second": {**parameter("/policy/second", "1"), "DependsOn": "First"},
        }
        aws.deploy("policy", resources)
        self.protect(aws, "policy", Action="Update:Modify", Resource="LogicalResourceId/Second")
        changed = {
            "First": parameter("/policy/first", "2"),
            "Second": {**parameter("/policy/second", "2"), "DependsOn": "First"},
        }
        denied = r"UPDATE_ROLLBACK_COMPLETE: Second Action denied by stack policy: Statement \[#2\]"
        with pytest.raises(Exception, match=denied):
            aws.deploy("policy", changed)
        ssm = aws.client("ssm")
        for name in ("first", "second"):
            assert ssm.get_parameter(Name=f"/policy/{name}")["Parameter"]["Value"] == "1"
        changed["Second"] = resources["Second"]
        aws.deploy("policy", changed)
        assert ssm.get_parameter(Name="/policy/first")["Parameter"]["Value"] == "2"

    def test_a_denied_replacement_fails(self, aws: Any) -> None:
        aws.deploy("policy-replace", {"Bucket": bucket("policy-before")})
        condition = {"StringEquals": {"ResourceType": ["AWS::S3::Bucket"]}}
        self.protect(aws, "policy-replace", Action="Update:Replace", Condition=condition)
        with pytest.raises(Exception, match=r"does not allow \[Update:Replace\]"):
            aws.deploy("policy-replace", {"Bucket": bucket("policy-after")})
        aws.client("s3").head_bucket(Bucket="policy-before")
        tagged = bucket("policy-before")
        tagged["Properties"]["Tags"] = [{"Key": "a", "Value": "b"}]
        aws.deploy("policy-replace", {"Bucket": tagged})

    def test_a_denied_deletion_fails(self, aws: Any) -> None:
        both = {"Kept": bucket("policy-kept"), "Other": parameter("/policy/other", "1")}
        aws.deploy("policy-delete", both)
        self.protect(aws, "policy-delete", Action="Update:Delete")
        with pytest.raises(Exception, match=r"Kept Action denied.*\[Update:Delete\]"):
            aws.deploy("policy-delete", {"Other": parameter("/policy/other", "2")})
        aws.client("s3").head_bucket(Bucket="policy-kept")
        found = aws.client("ssm").get_parameter(Name="/policy/other")["Parameter"]["Value"]
        assert found == "1"
        template = aws.client("cloudformation").get_template(StackName="policy-delete")
        assert "Kept" in template["TemplateBody"]["Resources"]

    def test_what_no_statement_allows_is_denied(self, aws: Any) -> None:
        aws.deploy("policy-none", {"Only": parameter("/policy/none", "1")})
        allowed = {"Effect": "Allow", "NotAction": "Update:*", "Principal": "*", "Resource": "*"}
        policy = json.dumps({"Statement": allowed})
        cloudformation = aws.client("cloudformation")
        cloudformation.set_stack_policy(StackName="policy-none", StackPolicyBody=policy)
        with pytest.raises(Exception, match="Action denied by stack policy: no statement allows"):
            aws.deploy("policy-none", {"Only": parameter("/policy/none", "2")})

    def test_a_stack_with_a_policy_can_be_deleted(self, aws: Any) -> None:
        aws.deploy("policy-gone", {"Only": parameter("/policy/gone", "1")})
        self.protect(aws, "policy-gone", Action="Update:*")
        assert aws.delete("policy-gone") == "DELETE_COMPLETE"

    def test_ministack_still_lets_it_pass(self, pristine: Any) -> None:
        pristine.deploy("policy", {"Only": parameter("/policy/only", "1")})
        self.protect(pristine, "policy", Action="Update:*")
        pristine.deploy("policy", {"Only": parameter("/policy/only", "2")})
        found = pristine.client("ssm").get_parameter(Name="/policy/only")["Parameter"]["Value"]
        assert found == "2"


class TestProtection:
    """What the stacks with data rely on. Only the last one is a gap."""

    def test_termination_protection_holds(self, aws: Any) -> None:
        aws.deploy("terminal", {"Only": parameter("/terminal", "1")})
        cloudformation = aws.client("cloudformation")
        protect = {"StackName": "terminal", "EnableTerminationProtection": True}
        cloudformation.update_termination_protection(**protect)
        with pytest.raises(cloudformation.exceptions.ClientError, match="TerminationProtection"):
            cloudformation.delete_stack(StackName="terminal")
        protect["EnableTerminationProtection"] = False
        cloudformation.update_termination_protection(**protect)
        assert aws.delete("terminal") == "DELETE_COMPLETE"

    @pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
    def test_what_is_retained_stays(self, aws: Any, policy: str) -> None:
        first, second = f"{policy.lower()}-first", f"{policy.lower()}-second"
        resources = {
            "First": bucket(first, policy=policy),
            "Second": bucket(second, policy=policy),
        }
        aws.deploy(f"retain-{policy}", resources)
        del resources["Second"]
        aws.deploy(f"retain-{policy}", resources)
        assert aws.delete(f"retain-{policy}") == "DELETE_COMPLETE"
        for name in (first, second):
            aws.client("s3").head_bucket(Bucket=name)

    def test_a_failed_creation_removes_what_is_retained_otherwise(self, aws: Any) -> None:
        resources = {
            **custom(Name="world", Fails="true"),
            "Bucket": bucket("not-retained", policy="RetainExceptOnCreate"),
        }
        resources["Custom"]["DependsOn"] = "Bucket"
        with pytest.raises(Exception, match="ROLLBACK_COMPLETE"):
            aws.deploy("created-in-vain", resources)
        buckets = aws.client("s3").list_buckets()["Buckets"]
        assert "not-retained" not in {found["Name"] for found in buckets}

    def test_a_snapshot_is_left_of_a_database(self, aws: Any) -> None:
        resources = {"First": database("Snapshot"), "Second": database("Snapshot")}
        ids = aws.deploy("snapshot", resources, First=ref("First"), Second=ref("Second"))
        aws.deploy("snapshot", {"First": resources["First"]})
        assert aws.delete("snapshot") == "DELETE_COMPLETE"
        snapshots = aws.client("rds").describe_db_snapshots()["DBSnapshots"]
        left = {found["DBInstanceIdentifier"] for found in snapshots}
        assert set(ids.values()) <= left

    def test_a_bucket_with_objects_is_not_deleted(self, aws: Any, pristine: Any) -> None:
        for where in (aws, pristine):
            where.deploy("full", {"Bucket": bucket("a-full-bucket")})
            where.client("s3").put_object(Bucket="a-full-bucket", Key="key", Body=b"text")
        assert aws.delete("full") == "DELETE_FAILED"
        assert pristine.delete("full") == "DELETE_COMPLETE"
