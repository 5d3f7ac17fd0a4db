"""A change set that is named by its ARN alone."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import authorize_on, cloudformation, iam_actions
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
    authorize_on("cloudformation", _stack)


def _stack(found: str, body: bytes, query: Any) -> str:
    if found != "*":
        return found
    change_set = iam_actions._query_param(query, "ChangeSetName")
    return str(cloudformation._change_sets.get(change_set, {}).get("StackId", found))
