"""The condition key of a write that must not replace anything."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import iam_actions
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="`s3:if-none-match` is in the context of a conditional write: a policy can require it.",
    page=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html"),
    ministack="It honours the header and gives policies no key for it.",
    effect=Effect.CAPABLE,
)


def install() -> None:
    """Add the key to those of a write."""
    pristine = iam_actions.s3_service_context

    def s3_service_context(action: str, query: Any, path: str = "", headers: Any = None) -> Any:
        context = pristine(action, query, path, headers)
        condition = (headers or {}).get("if-none-match")
        if action == "s3:PutObject" and condition:
            return {**context, "s3:if-none-match": condition}
        return context

    iam_actions.s3_service_context = s3_service_context
