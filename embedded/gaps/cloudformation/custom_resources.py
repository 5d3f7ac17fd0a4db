"""A function that fails before it answers.

On AWS nothing can be done about it but to wait. Here the function's error is known at once and
fails the resource: the first mistake in a function must not cost a newcomer an hour.
"""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import Properties, custom_resource, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A custom resource whose function fails before it answers stays in progress for an "
        "hour, then fails."
    ),
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-cloudformation-customresource.html"
    ),
    ministack="It waits as long.",
    effect=Effect.SOONER,
)


def install() -> None:
    """Answer for functions that could not."""
    functions = service("lambda_svc")
    pristine = functions._execute_function_with_config_scope

    def execute(function: Any, event: Properties) -> Any:
        result = pristine(function, event)
        if "ResponseURL" in event and result.get("error"):
            _answer(event, str(result.get("body")))
        return result

    functions._execute_function_with_config_scope = execute


def _answer(event: Properties, error: str) -> None:
    token = event["ResponseURL"].rpartition("/")[2]
    waiting = custom_resource._pending.get(token)
    if waiting is not None and not waiting["event"].is_set():
        reason = f"The function failed before it answered: {error}"
        custom_resource.deliver_response(token, {"Status": "FAILED", "Reason": reason})
