"""Change sets that take back what was changed outside of CloudFormation.

<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html>
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from embedded.gaps._ministack import (
    Properties,
    Response,
    changesets,
    handlers,
    iam_evaluator,
    service,
)
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A change set with `DeploymentMode: REVERT_DRIFT` compares with the actual state.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "drift-aware-change-sets.html"
    ),
    ministack="It ignores the mode and compares with the template that was deployed.",
    effect=Effect.CAPABLE,
)

MODE = "REVERT_DRIFT"
COMPARED_WITH: dict[int, Properties] = {}
"""What stands in for a stack's template, by its identity, while a change set is made."""
Call = Callable[[dict[str, Any]], Response]


def install() -> None:
    """Let both calls see what is there, where the mode asks for it."""
    actions: dict[str, Call] = handlers._ACTION_HANDLERS
    create, execute = actions["CreateChangeSet"], actions["ExecuteChangeSet"]
    resolve = changesets._resolve_props_for_diff

    def create_change_set(parameters: dict[str, Any]) -> Response:
        if _text(parameters, "DeploymentMode") != MODE:
            return create(parameters)
        stack = handlers._resolve_stack(_text(parameters, "StackName"))
        COMPARED_WITH[id(stack["_template"])] = _actual(stack)["_template"]
        try:
            answer = create(parameters)
        finally:
            COMPARED_WITH.clear()
        _, made = changesets._find_change_set(
            _text(parameters, "ChangeSetName"), stack["StackName"]
        )
        if made:
            made["DeploymentMode"] = MODE
        return answer

    def execute_change_set(parameters: dict[str, Any]) -> Response:
        _, found = changesets._find_change_set(
            _text(parameters, "ChangeSetName"), _text(parameters, "StackName")
        )
        if found and found.get("DeploymentMode") == MODE:
            stack = handlers._resolve_stack(found["StackName"])
            stack.update(_actual(stack))
        return execute(parameters)

    def resolved(template: Properties, *others: Any) -> Any:
        return resolve(COMPARED_WITH.get(id(template), template), *others)

    actions["CreateChangeSet"] = create_change_set
    actions["ExecuteChangeSet"] = execute_change_set
    changesets._resolve_props_for_diff = resolved


def _text(parameters: dict[str, Any], name: str) -> str:
    value = parameters.get(name, "")
    return str(value[0] if isinstance(value, list) else value)


def _actual(stack: dict[str, Any]) -> dict[str, Any]:
    """Return the stack's template and resources as they are, not as they were deployed.

    CloudFormation reads them by its execution role, whoever asked for the change set.
    """
    asking = iam_evaluator._verified_key.set("")
    try:
        return _read(stack)
    finally:
        iam_evaluator._verified_key.reset(asking)


def _read(stack: dict[str, Any]) -> dict[str, Any]:
    drift = service("cloudformation.drift")
    template, records = copy.deepcopy(stack["_template"]), copy.deepcopy(stack["_resources"])
    for logical_id, record in stack["_resources"].items():
        if not drift.supports_drift(record["ResourceType"]):
            continue
        found = drift.detect_resource_drift(stack, logical_id, record, "")
        status = found["StackResourceDriftStatus"]
        if status == "DELETED":
            del template["Resources"][logical_id]
            del records[logical_id]
        elif status == "MODIFIED":
            actual = _changed(drift, record, found["PropertyDifferences"])
            definition = template["Resources"][logical_id]
            definition["Properties"] = {**definition.get("Properties", {}), **actual}
            records[logical_id]["Properties"] = {**record["Properties"], **actual}
    return {"_template": template, "_resources": records}


def _changed(drift: Any, record: dict[str, Any], differences: list[Properties]) -> Properties:
    """Return the properties that differ, as they are; one that is gone is nothing."""
    read, _ = drift._DRIFT_READERS[record["ResourceType"]]
    current = read(record["PhysicalResourceId"], record["Properties"]) or {}
    names = {difference["PropertyPath"].split("/")[1] for difference in differences}
    return {name: current.get(name) for name in names}
