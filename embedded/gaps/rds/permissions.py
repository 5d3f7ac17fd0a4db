"""What calls are authorized on: a Data API's cluster, a proxy's targets, tags."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import iam_actions, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "`EnableHttpEndpoint` is authorized on the cluster, what registers a proxy's targets on "
        "their group, and every call by a resource's tags."
    ),
    page="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html",
    ministack="It authorizes them on everything, and knows no tags: policies about these deny all.",
    effect=Effect.CAPABLE,
)


def install() -> None:
    """Find the cluster or group of targets that a call is about, and the tags of what it names."""
    service("tagging")._RESOURCE_TAG_COLLECTORS["rds"] = lambda: [*service("rds")._tags.items()]
    extract = iam_actions.extract_resource_arn

    def extract_resource_arn(
        name: str, method: str, path: str, headers: Any, body: bytes, query: Any, *rest: Any
    ) -> Any:
        found = extract(name, method, path, headers, body, query, *rest)
        if name == "rds" and found == "*":
            return iam_actions._query_param(query, "ResourceArn") or _targets(query) or found
        return found

    iam_actions.extract_resource_arn = extract_resource_arn


def _targets(query: Any) -> str:
    """Return the group of a proxy whose targets a call is about, or nothing."""
    if not iam_actions._query_param(query, "Action").endswith("DBProxyTargets"):
        return ""
    proxy = service("rds")._db_proxies.get(iam_actions._query_param(query, "DBProxyName"))
    return str(proxy["TargetGroup"]["TargetGroupArn"]) if proxy else ""
