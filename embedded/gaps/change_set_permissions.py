"""A change set named by its ARN alone is judged on `*`, which no policy about stacks allows.

AWS judges it on the change set's stack.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

iam_actions: Any = import_module("ministack.core.iam_actions")
cloudformation: Any = import_module("ministack.services.cloudformation")


def install() -> None:
    """Find the stack of a change set that is named by its ARN."""
    extract = iam_actions.extract_resource_arn

    def extract_resource_arn(
        name: str, method: str, path: str, headers: Any, body: bytes, query: Any, *rest: Any
    ) -> Any:
        found = extract(name, method, path, headers, body, query, *rest)
        if name == "cloudformation" and found == "*":
            change_set = iam_actions._query_param(query, "ChangeSetName")
            return cloudformation._change_sets.get(change_set, {}).get("StackId", found)
        return found

    iam_actions.extract_resource_arn = extract_resource_arn
