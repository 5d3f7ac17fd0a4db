"""A function that fails before it answers keeps a custom resource, and the stack, for an hour.

On AWS as well, and nothing can be done about it there. Here the function's error is known at once,
and it fails the resource: the first mistake in a function must not cost a newcomer an hour.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from embedded.gaps._ministack import Properties, service

pending: Any = import_module("ministack.services.cloudformation.custom_resource")


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
    waiting = pending._pending.get(token)
    if waiting is not None and not waiting["event"].is_set():
        reason = f"The function failed before it answered: {error}"
        pending.deliver_response(token, {"Status": "FAILED", "Reason": reason})
