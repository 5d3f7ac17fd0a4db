"""What CloudFormation finds before anything is deployed: a change set whose names are taken fails.

The change set says only that it failed; which names they are, `DescribeEvents` says.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from typing import Any

from embedded.gaps._ministack import (
    Handler,
    Properties,
    Response,
    changesets,
    cloudformation,
    complete_change_sets,
    handlers,
    stacks,
    wrap_action,
)
from embedded.gaps._schemas import schema
from embedded.gaps.cloudformation.taken_names import NAMES, taken
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A change set that would add a resource whose name is taken fails when it is made; "
        "`DescribeEvents` has the reasons."
    ),
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "validate-stack-deployments.html"
    ),
    ministack="The change set can be executed, and `DescribeEvents` knows none.",
    effect=Effect.STRICTER,
)
REASON = (
    "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To "
    "troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure "
    "information."
)


def install() -> None:
    """Look at a change set once ministack has made it, and show what was found."""
    complete_change_sets(_validate)
    wrap_action("DescribeEvents", _showing)


def _showing(describe: Handler) -> Handler:
    def describe_events(params: dict[str, Any]) -> Response:
        name = handlers._p(params, "ChangeSetName")
        _, change_set = changesets._find_change_set(name, handlers._p(params, "StackName"))
        if not change_set:
            return describe(params)
        # ministack shows the events of a stack; the change set has the same fields.
        stack = cloudformation._stacks[change_set["StackName"]]
        before = stack.get("_operation_events")
        stack["_operation_events"] = change_set.get("_operation_events", [])
        try:
            return describe({**params, "StackName": [change_set["StackName"]]})
        finally:
            stack["_operation_events"] = before

    return describe_events


def _validate(change_set: Properties) -> None:
    if change_set["Status"] != "CREATE_COMPLETE" or change_set["_disable_validation"]:
        return
    events = [_event(change_set, *found) for found in _conflicts(change_set)]
    if events:
        change_set.update(
            Status="FAILED",
            ExecutionStatus="UNAVAILABLE",
            StatusReason=REASON,
            _operation_events=events,
        )


def _conflicts(change_set: Properties) -> Iterator[tuple[str, str, str]]:
    """The logical id, the type and the reason of each addition that cannot be made."""
    for change in change_set["Changes"]:
        added = change["ResourceChange"]
        logical_id, resource_type = added["LogicalResourceId"], added["ResourceType"]
        if added["Action"] == "Add" and _names_itself(resource_type):
            conflict = taken(resource_type, _static(change_set, logical_id, resource_type))
            if conflict:
                yield logical_id, resource_type, conflict


def _names_itself(resource_type: str) -> bool:
    """Whether the name in the template is the identifier: only these can be looked up."""
    if resource_type not in NAMES:
        return False
    name = f"/properties/{NAMES[resource_type][0]}"
    return bool(schema(resource_type).get("primaryIdentifier") == [name])


def _static(change_set: Properties, logical_id: str, resource_type: str) -> Properties:
    """The resource's name, if it does not hang on what is only known later."""
    template, parameters = change_set["_template"], change_set["_resolved_params"]
    name = NAMES[resource_type][0]
    resources = template["Resources"]
    written = (resources[logical_id].get("Properties") or {}).get(name)
    conditions = stacks._evaluate_conditions(template, parameters)
    about = (change_set["StackName"], change_set["StackId"])
    mappings = template.get("Mappings", {})
    found = stacks._static_property(written, resources, parameters, conditions, mappings, *about)
    return {name: found}


def _event(
    change_set: Properties, logical_id: str, resource_type: str, reason: str
) -> dict[str, str]:
    return {
        "EventId": str(uuid.uuid4()),
        "StackId": change_set["StackId"],
        "OperationId": change_set["ChangeSetId"].rpartition("/")[2],
        "OperationType": "CREATE_CHANGESET",
        "OperationStatus": "FAILED",
        "EventType": "VALIDATION_ERROR",
        "LogicalResourceId": logical_id,
        "ResourceType": resource_type,
        "Timestamp": datetime.datetime.now(datetime.UTC).isoformat(),
        "ValidationFailureMode": "FAIL",
        "ValidationName": "NAME_CONFLICT_VALIDATION",
        "ValidationStatus": "FAILED",
        "ValidationStatusReason": reason,
        "ValidationPath": f"/Resources/{logical_id}",
    }
