"""Change sets that take back what was changed outside of CloudFormation.

<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html>
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from embedded.gaps._ministack import Properties, Response, changesets, handlers, service
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
Call = Callable[[dict[str, Any]], Response]


def install() -> None:
    """Let both calls see what is there, where the mode asks for it."""
    actions: dict[str, Call] = handlers._ACTION_HANDLERS
    create, execute = actions["CreateChangeSet"], actions["ExecuteChangeSet"]

    def create_change_set(parameters: dict[str, Any]) -> Response:
        if _text(parameters, "DeploymentMode") != MODE:
            return create(parameters)
        stack = handlers._resolve_stack(_text(parameters, "StackName"))
        with _actual(stack):
            answer = create(_with_template(parameters, stack))
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
            _take_actual(handlers._resolve_stack(found["StackName"]))
        return execute(parameters)

    actions["CreateChangeSet"] = create_change_set
    actions["ExecuteChangeSet"] = execute_change_set


def _text(parameters: dict[str, Any], name: str) -> str:
    value = parameters.get(name, "")
    return str(value[0] if isinstance(value, list) else value)


def _with_template(parameters: dict[str, Any], stack: dict[str, Any]) -> dict[str, Any]:
    """Name the stack's own template: the previous one is what it is compared with meanwhile."""
    if _text(parameters, "UsePreviousTemplate").lower() != "true":
        return parameters
    others = {name: value for name, value in parameters.items() if name != "UsePreviousTemplate"}
    return {**others, "TemplateBody": [stack["_template_body"]]}


@contextmanager
def _actual(stack: dict[str, Any]) -> Iterator[None]:
    """Let the stack's template say what is there, for as long as it is compared with."""
    kept = {name: copy.deepcopy(stack.get(name)) for name in ("_template", "_resources")}
    _take_actual(stack)
    try:
        yield
    finally:
        stack.update(kept)


def _take_actual(stack: dict[str, Any]) -> None:
    """Write what is there into the stack: the update that follows starts from it."""
    drift = service("cloudformation.drift")
    template = copy.deepcopy(stack["_template"])
    for logical_id, record in list(stack["_resources"].items()):
        if not drift.supports_drift(record["ResourceType"]):
            continue
        found = drift.detect_resource_drift(stack, logical_id, record, "")
        status = found["StackResourceDriftStatus"]
        if status == "DELETED":
            del template["Resources"][logical_id]
            del stack["_resources"][logical_id]
        elif status == "MODIFIED":
            actual = _changed(drift, record, found["PropertyDifferences"])
            definition = template["Resources"][logical_id]
            definition["Properties"] = {**definition.get("Properties", {}), **actual}
            record["Properties"] = {**record["Properties"], **actual}
    stack["_template"] = template


def _changed(drift: Any, record: dict[str, Any], differences: list[Properties]) -> Properties:
    """Return the properties that differ, as they are; one that is gone is nothing."""
    read, _ = drift._DRIFT_READERS[record["ResourceType"]]
    current = read(record["PhysicalResourceId"], record["Properties"]) or {}
    names = {difference["PropertyPath"].split("/")[1] for difference in differences}
    return {name: current.get(name) for name in names}
