"""The age of a container service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from embedded.gaps._ministack import Response, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A service gets older: what is not done within an hour of its deployment is done after it.",
    page="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html",
    ministack="The same. Here, one made with the tag `embedded:created-at` is as old as that says.",
    effect=Effect.SOONER,
)

TAG = "embedded:created-at"
"""A time of ISO 8601, with its offset from UTC."""


def install() -> None:
    """Date a service and its first deployment back, where its tag asks for that."""
    ecs = service("ecs")
    pristine = ecs._create_service

    def create(data: dict[str, Any]) -> Response:
        since = _since(data)
        known = {*ecs._services}
        answer: Response = pristine(data)
        if since is None:
            return answer
        for name in {*ecs._services} - known:
            made = ecs._services[name]
            for each in (made, *made["deployments"]):
                each["createdAt"] = since
        return answer

    ecs._ACTION_MAP["CreateService"] = create


def _since(data: dict[str, Any]) -> float | None:
    """Return the seconds since 1970 that the tag means."""
    for tag in data.get("tags") or []:
        if tag.get("key") == TAG:
            return datetime.fromisoformat(tag["value"]).timestamp()
    return None
