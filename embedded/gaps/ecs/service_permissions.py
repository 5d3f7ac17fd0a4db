"""What a call about a container service is authorized on."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from embedded.gaps._ministack import authorize_on
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="`DescribeServices` and `UpdateService` are authorized on the service.",
    page=(
        "https://docs.aws.amazon.com/service-authorization/latest/reference/"
        "list_amazonelasticcontainerservice.html"
    ),
    ministack="It authorizes them on the cluster, which no policy about a service allows.",
    effect=Effect.CAPABLE,
)


def install() -> None:
    """Find the service that a call names besides its cluster."""
    authorize_on("ecs", _service)


def _service(found: str, body: bytes, query: Any) -> str:
    if ":cluster/" in found:
        with suppress(ValueError):
            given = json.loads(body or b"{}")
            service = given.get("service") or next(iter(given.get("services") or []), "")
            if service:
                return _of(service, found)
    return found


def _of(service: str, cluster: str) -> str:
    """Return the service's ARN; it may be given as one."""
    if service.startswith("arn:"):
        return service
    return f"{cluster.replace(':cluster/', ':service/')}/{service}"
