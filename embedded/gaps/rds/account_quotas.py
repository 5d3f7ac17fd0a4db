"""How many databases a region may have, and has."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import Response, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="`DescribeAccountAttributes` answers how much of RDS's quotas is used.",
    page=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/"
        "API_DescribeAccountAttributes.html"
    ),
    ministack="It does not know the call.",
    effect=Effect.CAPABLE,
)

MOST = 40
"""Of instances, and of clusters: what every account begins with."""


def install() -> None:
    """Count what there is."""
    rds = service("rds")

    def describe(_: dict[str, Any]) -> Response:
        used = {"DBInstances": len(rds._instances), "DBClusters": len(rds._clusters)}
        quotas = "".join(_quota(name, number) for name, number in used.items())
        name = "DescribeAccountAttributes"
        body = f"<{name}Result><AccountQuotas>{quotas}</AccountQuotas></{name}Result>"
        answer: Response = rds._xml(200, f"{name}Response", body)
        return answer

    rds._ACTION_MAP["DescribeAccountAttributes"] = describe


def _quota(name: str, used: int) -> str:
    return (
        f"<AccountQuota><AccountQuotaName>{name}</AccountQuotaName>"
        f"<Used>{used}</Used><Max>{MOST}</Max></AccountQuota>"
    )
