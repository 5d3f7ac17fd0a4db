"""Names that are taken when a stack wants them."""

import json
from typing import Any

import pytest

from tests.embedded.conftest import DeploymentError
from tests.embedded.gaps.templates import LAMBDA

USER = {"Type": "AWS::IAM::User", "Properties": {"UserName": "taken"}}
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "taken"}}
ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": LAMBDA}}


def change_set(where: Any, stack: str, resources: dict[str, Any]) -> Any:
    cloudformation = where.client("cloudformation")
    made = cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps({"Resources": resources}),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    return cloudformation.describe_change_set(ChangeSetName=made["Id"])


def taken_by_hand(where: Any) -> Any:
    """A change set for a user who is there already, beside a role without a name."""
    where.client("iam").create_user(UserName="taken")
    return change_set(where, "wants-a-user", {"User": USER, "Role": ROLE})


def test_a_change_set_that_would_take_a_name_again_fails(aws: Any) -> None:
    found = taken_by_hand(aws)
    assert (found["Status"], found["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert found["StatusReason"] == (
        "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. "
        "To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure "
        "information."
    )
    (event,) = aws.client("cloudformation").describe_events(
        ChangeSetName=found["ChangeSetId"], Filters={"FailedEvents": True}
    )["OperationEvents"]
    assert event["LogicalResourceId"] == "User"
    assert event["ValidationName"] == "NAME_CONFLICT_VALIDATION"
    assert event["ValidationPath"] == "/Resources/User"
    assert event["ValidationStatusReason"] == (
        "Resource of type 'AWS::IAM::User' with identifier 'taken' already exists."
    )


def test_a_name_that_is_only_known_to_the_service_fails_the_stack(aws: Any) -> None:
    aws.deploy("first-topic", {"Topic": TOPIC})
    with pytest.raises(DeploymentError, match=r"ROLLBACK_COMPLETE.*'taken' already exists"):
        aws.deploy("second-topic", {"Topic": TOPIC})


def test_a_stacks_own_names_are_no_conflict(aws: Any) -> None:
    user = {**USER, "Properties": {"UserName": "own"}}
    aws.deploy("own-names", {"User": user})
    aws.deploy("own-names", {"User": user, "Role": ROLE})
    moved = {"Moved": user, "Role": ROLE}
    with pytest.raises(Exception, match="ResourceExistenceCheck"):
        aws.deploy("own-names", moved)


def test_ministack_still_takes_the_name_over(pristine: Any) -> None:
    assert taken_by_hand(pristine)["Status"] == "CREATE_COMPLETE"
    pristine.deploy("first-topic", {"Topic": TOPIC})
    pristine.deploy("second-topic", {"Topic": TOPIC})
