"""References to Systems Manager's parameters, from a change set's creation to its execution."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from embedded.gaps._ministack import (
    Deploy,
    Properties,
    changesets,
    cloudformation,
    complete_change_sets,
    handlers,
    service,
    wrap_deployments,
)
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A change set keeps what a reference to a Systems Manager parameter without a version was "
        "when it was made: the processed template shows it, and the execution uses it. If anything "
        "else changes, the change set lists what a moved reference changes or replaces, too."
    ),
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html"
    ),
    ministack="It resolves the reference when it gets to the resource, and lists no such change.",
    effect=Effect.STRICTER,
)
REFERENCE = re.compile(r"\{\{resolve:ssm:[^:}]+\}\}")
KEPT = "_ssm_values"
Values = dict[str, str]
VALUES: ContextVar[Values] = ContextVar("values", default={})  # noqa: B039 - never written to


def install() -> None:
    """Resolve when a change set is made, show it, and resolve no more when it is executed."""
    engine = service("cloudformation.engine")
    resolve: Callable[[str], str] = engine._resolve_dynamic_reference
    processed = handlers._processed_template_body

    def keep(change_set: Properties) -> None:
        change_set[KEPT] = _values(change_set["_template"], resolve)

    def resolve_dynamic_reference(literal: str) -> str:
        return VALUES.get().get(literal) or resolve(literal)

    def processed_template_body(record: Properties) -> str:
        values: Values = record.get(KEPT) or {}
        text: str = processed(record)
        for literal, value in values.items():
            text = text.replace(literal, json.dumps(value)[1:-1])
        return text

    _list_what_moved(resolve)
    complete_change_sets(keep)
    wrap_deployments(_using)
    engine._resolve_dynamic_reference = resolve_dynamic_reference
    handlers._processed_template_body = processed_template_body


def _list_what_moved(resolve: Callable[[str], str]) -> None:
    """Let a change set that changes anything list what a moved reference changes, too."""
    compare = changesets._diff_resources

    def diff_resources(old: Properties, new: Properties, *rest: Any) -> list[Properties]:
        changes: list[Properties] = compare(old, new, *rest)
        before = _deployed(rest[0] or {}) if rest else {}
        now = {name: value for name, value in _values(new, resolve).items() if name in before}
        if not changes or all(before[name] == value for name, value in now.items()):
            return changes
        moved: list[Properties] = compare(_filled(old, before), _filled(new, now), *rest)
        return moved

    changesets._diff_resources = diff_resources


def _deployed(resources: Properties) -> Values:
    """What the references of a stack were when it was deployed."""
    return {
        name: value
        for record in resources.values()
        for name, value in (record.get("_dynamic") or {}).items()
        if REFERENCE.fullmatch(name)
    }


def _filled(template: Properties, values: Values) -> Properties:
    text = json.dumps(template)
    for name, value in values.items():
        text = text.replace(name, json.dumps(value)[1:-1])
    filled: Properties = json.loads(text)
    return filled


def _values(template: Properties, resolve: Callable[[str], str]) -> Values:
    found = set(REFERENCE.findall(json.dumps(template.get("Resources", {}))))
    values = {}
    for literal in found:
        try:
            values[literal] = resolve(literal)
        except ValueError:
            continue
    return values


def _using(deploy: Deploy) -> Deploy:
    async def deploy_stack(name: str, *given: Any, **options: Any) -> None:
        values = _executing(name)
        VALUES.set(values)
        await deploy(name, *given, **options)
        stack: Properties = cloudformation._stacks[name]
        if stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            stack[KEPT] = values

    return deploy_stack


def _executing(name: str) -> Values:
    """What the change set that the stack executes resolved."""
    for change_set in cloudformation._change_sets.values():
        if (change_set["StackName"], change_set["ExecutionStatus"]) == (
            name,
            "EXECUTE_IN_PROGRESS",
        ):
            found: Values = change_set.get(KEPT) or {}
            return found
    return {}
