"""The change sets of a stack that is named by its ARN."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import Handler, Response, handlers, wrap_action
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="`ListChangeSets` takes a stack's name or its ARN.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListChangeSets.html"
    ),
    ministack="It knows the name alone, and finds none by the ARN.",
    effect=Effect.CAPABLE,
)


def install() -> None:
    """Look by the name that the ARN has."""
    wrap_action("ListChangeSets", _by_name)


def _by_name(answer: Handler) -> Handler:
    def list_change_sets(params: dict[str, Any]) -> Response:
        stack = handlers._p(params, "StackName")
        if stack.startswith("arn:"):
            params = {**params, "StackName": [stack.split("/")[1]]}
        return answer(params)

    return list_change_sets
