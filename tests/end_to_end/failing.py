"""An embedded AWS on which the first deployment of a stack fails at each of its resources first.

It is the embedded AWS with one thing added: before a stack is created, its creation is tried once
for each resource, which fails after everything that does not need it was made. Each attempt is
rolled back as any failed creation is, and the next one starts on what it left. A native resource
fails before it is made; a custom one after its function has done its work, so that the rollback
has to undo it. The file `FAILED` in the instance's directory names the resources whose failure was
rolled back as it should be. After any other one, the stack stays as it is, with its events.

To save time, a custom resource takes part only where it and what fails need a resource in common,
a function's process is kept from one attempt to the next, and functions do not wait.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from importlib import import_module
from pathlib import Path
from typing import Any

from embedded import gaps, server
from embedded.gaps._ministack import (
    Created,
    Deploy,
    Properties,
    cloudformation,
    custom_resource,
    service,
    stacks,
    wrap_deployments,
)

FAILED = "failed.txt"
LISTED = Path(sys.argv[-1]) / FAILED  # before ministack gets arguments of its own
REASON = "It fails here on purpose."
FAILING: ContextVar[str] = ContextVar("failing", default="")
IMPATIENT = "import time; time.sleep = lambda seconds: None\n"
CUSTOM = "Custom::"
Resources = dict[str, Properties]


class OnPurposeError(Exception):
    """The creation of a resource that was to fail."""


def install() -> None:
    """Extend the embedded AWS: the custom resources first, as a gap cares for failed ones."""
    functions: Any = import_module("ministack.core.lambda_runtime")
    functions._PYTHON_WORKER_SCRIPT = IMPATIENT + functions._PYTHON_WORKER_SCRIPT
    fail_custom_resources()
    gaps.install()
    gaps.install = lambda: None
    fail_native_resources()
    service("lambda_svc").invalidate_worker = lambda *_, **__: None
    wrap_deployments(failing_first)


def fail_custom_resources() -> None:
    invoke = custom_resource.invoke_custom_resource

    def invoke_custom_resource(request: str, logical_id: str, *given: Any, **more: Any) -> Any:
        created = invoke(request, logical_id, *given, **more)
        if request == "Create" and logical_id == FAILING.get():
            raise OnPurposeError(REASON)
        return created

    custom_resource.invoke_custom_resource = invoke_custom_resource


def fail_native_resources() -> None:
    provision = stacks._provision_resource

    def provision_resource(resource_type: str, logical_id: str, *given: Any) -> Created:
        if logical_id == FAILING.get() and not resource_type.startswith(CUSTOM):
            raise OnPurposeError(REASON)
        created: Created = provision(resource_type, logical_id, *given)
        return created

    stacks._provision_resource = provision_resource


def failing_first(deploy: Deploy) -> Deploy:
    async def deploy_stack(
        name: str, identifier: str, template: Properties, *given: Any, **options: Any
    ) -> None:
        stack, events = cloudformation._stacks[name], cloudformation._stack_events[identifier]
        before = [*events]
        for failing in [] if options["is_update"] else template["Resources"]:
            token = FAILING.set(failing)
            late = {**template, "Resources": failing_late(template["Resources"], failing)}
            await deploy(name, identifier, late, *given, **options)
            FAILING.reset(token)
            if not rolled_back(stack, failing, events):
                return
            with LISTED.open("a") as file:
                file.write(f"{failing}\n")
            events[:] = before
            stack.update(StackStatus="CREATE_IN_PROGRESS", _resources={})
        await deploy(name, identifier, template, *given, **options)

    return deploy_stack


def rolled_back(stack: Properties, failing: str, events: list[Properties]) -> bool:
    """Whether nothing but the resource in question failed, and the stack is as before."""
    failed = [
        (event["LogicalResourceId"], event["ResourceStatusReason"])
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
    ]
    return stack["StackStatus"] == "ROLLBACK_COMPLETE" and failed == [(failing, REASON)]


def failing_late(resources: Resources, failing: str) -> Resources:
    """The resources, one of which waits for all those that do not need it."""
    found = {name: set(needs(resource, resources)) for name, resource in resources.items()}
    needed = {name: reached(name, found) for name in resources}
    made = {
        name: resource
        for name, resource in resources.items()
        if not resource["Type"].startswith(CUSTOM) or needed[name] & needed[failing]
    }
    before = [name for name in made if failing not in needed[name]]
    return {**made, failing: {**resources[failing], "DependsOn": before}}


def reached(name: str, found: Mapping[str, set[str]]) -> set[str]:
    """The resource and all that it needs, directly or not."""
    return {name}.union(*(reached(each, found) for each in found[name]))


def needs(value: Any, resources: Resources) -> Iterator[str]:
    """The resources that a part of a template refers to."""
    if isinstance(value, Mapping):
        for key, inside in value.items():
            if key in ("DependsOn", "Ref", "Fn::GetAtt"):
                names = [inside] if isinstance(inside, str) else inside
                yield from (each for each in names if each in resources)
            yield from needs(inside, resources)
    elif isinstance(value, list):
        for inside in value:
            yield from needs(inside, resources)


if __name__ == "__main__":
    install()
    server.main()
