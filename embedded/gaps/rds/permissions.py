"""What calls are authorized on: the cluster of a Data API, and the tags of what is named."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import iam_actions, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="`EnableHttpEndpoint` is authorized on the cluster, and every call by a resource's tags.",
    page="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html",
    ministack="It authorizes it on everything, and knows no tags: policies about either deny all.",
    effect=Effect.CAPABLE,
)


def install() -> None:
    """Find the cluster that a call names by its ARN, and the tags of what it names."""
    service("tagging")._RESOURCE_TAG_COLLECTORS["rds"] = lambda: [*service("rds")._tags.items()]
    extract = iam_actions.extract_resource_arn

    def extract_resource_arn(
        name: str, method: str, path: str, headers: Any, body: bytes, query: Any, *rest: Any
    ) -> Any:
        found = extract(name, method, path, headers, body, query, *rest)
        if name == "rds" and found == "*":
            return iam_actions._query_param(query, "ResourceArn") or found
        return found

    iam_actions.extract_resource_arn = extract_resource_arn
