"""When an execution starts."""

import json
import uuid
from typing import Any

TOPIC = {"Type": "AWS::SNS::Topic"}


def executed(where: Any) -> tuple[str, str]:
    """The stack's status just after the call for an update, and the change set's."""
    where.deploy("updated", {"First": TOPIC})
    cloudformation = where.client("cloudformation")
    made = cloudformation.create_change_set(
        StackName="updated",
        ChangeSetName=f"second-{uuid.uuid4()}",
        TemplateBody=json.dumps({"Resources": {"First": TOPIC, "Second": TOPIC}}),
    )["Id"]
    cloudformation.execute_change_set(ChangeSetName=made)
    status = where.status("updated")
    return status, cloudformation.describe_change_set(ChangeSetName=made)["ExecutionStatus"]


def test_the_stack_is_in_its_old_state_at_first(aws: Any) -> None:
    assert executed(aws) == ("CREATE_COMPLETE", "EXECUTE_IN_PROGRESS")


def test_ministack_still_starts_at_once(pristine: Any) -> None:
    status, _ = executed(pristine)
    assert status.startswith("UPDATE_")
