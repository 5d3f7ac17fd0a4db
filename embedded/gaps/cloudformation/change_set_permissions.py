"""A change set that is named by its ARN alone."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import cloudformation, iam_actions
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="Calls that name a change set by its ARN are authorized on its stack.",
    page=(
        "https://docs.aws.amazon.com/service-authorization/latest/reference/"
        "list_awscloudformation.html"
    ),
    ministack="It authorizes them on `*`, which no policy about stacks allows.",
    effect=Effect.CAPABLE,
)


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
