"""What an update does last: it deletes what the new template lacks."""

from typing import Any

TOPIC = {"Type": "AWS::SNS::Topic"}
KEPT = {"Kept": TOPIC}
PHASE = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"


def user(name: str) -> dict[str, Any]:
    return {"User": {"Type": "AWS::IAM::User", "Properties": {"UserName": name}}}


def events(where: Any, stack: str) -> list[tuple[str, str]]:
    found = where.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    return [(event["LogicalResourceId"], event["ResourceStatus"]) for event in reversed(found)]


def test_deletions_come_after_the_update_in_a_phase_of_their_own(aws: Any) -> None:
    aws.deploy("cleaned", {**KEPT, **user("cleaned")})
    aws.deploy("cleaned", {**KEPT, "New": TOPIC})
    assert events(aws, "cleaned")[-4:] == [
        ("cleaned", PHASE),
        ("User", "DELETE_IN_PROGRESS"),
        ("User", "DELETE_COMPLETE"),
        ("cleaned", "UPDATE_COMPLETE"),
    ]


def forget_a_user_who_cannot_be_deleted(where: Any) -> Any:
    """Remove a user who has a key that the stack does not know; the stack after the update."""
    where.deploy("forgetful", {**KEPT, **user("with-a-key")})
    where.client("iam").create_access_key(UserName="with-a-key")
    where.deploy("forgetful", KEPT)
    return where.client("cloudformation").describe_stacks(StackName="forgetful")["Stacks"][0]


def test_what_cannot_be_deleted_stays_and_is_forgotten(aws: Any) -> None:
    stack = forget_a_user_who_cannot_be_deleted(aws)
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    assert stack["StackStatusReason"] == "One or more resources could not be deleted."
    assert ("User", "DELETE_FAILED") in events(aws, "forgetful")
    found = aws.client("cloudformation").list_stack_resources(StackName="forgetful")
    assert [r["LogicalResourceId"] for r in found["StackResourceSummaries"]] == ["Kept"]
    assert aws.client("iam").get_user(UserName="with-a-key")


def test_ministack_still_has_no_such_phase_and_keeps_what_stays(pristine: Any) -> None:
    stack = forget_a_user_who_cannot_be_deleted(pristine)
    assert not stack["StackStatusReason"]
    assert (stack["StackName"], PHASE) not in events(pristine, "forgetful")
