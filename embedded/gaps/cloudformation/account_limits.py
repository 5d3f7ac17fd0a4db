"""How many stacks, outputs and concurrent updates an account may have."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import Response, handlers
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="`DescribeAccountLimits` answers how many stacks a region may have.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/"
        "API_DescribeAccountLimits.html"
    ),
    ministack="It does not know the call.",
    effect=Effect.CAPABLE,
)

LIMITS = {"StackLimit": 2000, "StackOutputsLimit": 200}
"""What every account begins with."""


def install() -> None:
    """Answer what an account begins with."""

    def describe(_: dict[str, Any]) -> Response:
        members = "".join(
            f"<member><Name>{name}</Name><Value>{value}</Value></member>"
            for name, value in LIMITS.items()
        )
        name = "DescribeAccountLimits"
        body = f"<{name}Result><AccountLimits>{members}</AccountLimits></{name}Result>"
        answer: Response = handlers._xml(200, f"{name}Response", body)
        return answer

    handlers._ACTION_HANDLERS["DescribeAccountLimits"] = describe
