"""The condition key `cloudwatch:namespace` of a `PutMetricData`."""

from __future__ import annotations

import json
from typing import Any

from embedded.gaps._ministack import iam_actions
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A policy may limit whose metrics are written by the condition key `cloudwatch:namespace`.",
    page=(
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
        "iam-cw-condition-keys-namespace.html"
    ),
    ministack="It knows no such key: a policy with it denies every metric.",
    effect=Effect.CAPABLE,
)


def install() -> None:
    """Read the namespace of each call that is judged."""
    pristine = iam_actions.request_tag_context

    def context(name: str, action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
        found = dict(pristine(name, action, body, params))
        if action == "cloudwatch:PutMetricData" and (namespace := _namespace(body, params)):
            found["cloudwatch:namespace"] = namespace
        return found

    iam_actions.request_tag_context = context


def _namespace(body: bytes, params: dict[str, Any]) -> str:
    """Read it from a call in either protocol that ministack judges: Query and JSON."""
    if value := params.get("Namespace"):
        return str(value[0] if isinstance(value, list) else value)
    try:
        found = json.loads(body) if body[:1] == b"{" else {}
    except ValueError:
        return ""
    return str(found.get("Namespace", ""))
