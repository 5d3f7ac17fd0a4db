"""What becomes of a custom resource that could not be created."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from embedded.gaps._ministack import Properties, custom_resource, generated_name, stacks
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "The rollback of a creation deletes the custom resource that failed, too: its function is "
        "called once more, and what it fails then fails the rollback."
    ),
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "crpg-ref-requesttypes-delete.html"
    ),
    ministack="It calls the function for what was created only.",
    effect=Effect.STRICTER,
)
TOKEN: ContextVar[str] = ContextVar("token", default="")


class Failures:
    """The creations that failed: what their functions answered, until the rollback."""

    def __init__(self) -> None:
        self.answered: dict[str, str] = {}
        self.records: dict[tuple[str, str], Properties] = {}


def install() -> None:
    """Keep what a failed creation answered, and have the rollback delete it first."""
    failures = Failures()
    _keep_answers(failures)
    _keep_failures(failures)
    roll_back = stacks._roll_back_operation

    async def roll_back_operation(
        name: str, stack_id: str, stack: Properties, operation: Properties, *rest: Any
    ) -> None:
        logical_id = operation.get("failed_logical_id") or ""
        record = failures.records.pop((name, logical_id), None)
        if record:
            stack.setdefault("_resources", {})[logical_id] = record
            operation["created"].append(logical_id)
        await roll_back(name, stack_id, stack, operation, *rest)

    stacks._roll_back_operation = roll_back_operation


def _keep_answers(failures: Failures) -> None:
    """Note, beside ministack, which physical id a function gives to what it could not create."""
    register, deliver = custom_resource.register_token, custom_resource.deliver_response

    def register_token(token: str) -> Any:
        TOKEN.set(token)
        return register(token)

    def deliver_response(token: str, response: Properties) -> Any:
        failures.answered[token] = response.get("PhysicalResourceId", "")
        return deliver(token, response)

    custom_resource.register_token = register_token
    custom_resource.deliver_response = deliver_response


def _keep_failures(failures: Failures) -> None:
    invoke = custom_resource.invoke_custom_resource

    def invoke_custom_resource(
        request: str, logical_id: str, properties: Properties, stack: str, *given: Any, **more: Any
    ) -> Any:
        try:
            return invoke(request, logical_id, properties, stack, *given, **more)
        except Exception:
            answered = failures.answered.pop(TOKEN.get(), "")
            if request == "Create":
                failures.records[stack, logical_id] = {
                    "PhysicalResourceId": answered or generated_name(stack, logical_id),
                    "ResourceType": given[1],
                    "LogicalResourceId": logical_id,
                    "Properties": properties,
                    "Attributes": {},
                }
            raise

    custom_resource.invoke_custom_resource = invoke_custom_resource
