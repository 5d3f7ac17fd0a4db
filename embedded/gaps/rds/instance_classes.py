"""The instance classes that RDS offers, and the zones in which it does."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import Response, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="RDS offers classes of many families, and `db.serverless` of Aurora.",
    page=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/"
        "API_DescribeOrderableDBInstanceOptions.html"
    ),
    ministack="It knows ten classes of three families.",
    effect=Effect.CAPABLE,
)

KNOWN = "db.t3.micro"
"""A class that ministack offers; another one is offered as this is."""
SERVERLESS = "db.serverless"
FAMILIES = ("t3", "t4g", "m5", "m6g", "m7g", "m8g", "r5", "r6g", "r7g", "r8g")


def install() -> None:
    """Answer for each class that somebody asks for by its name."""
    rds = service("rds")
    name = "DescribeOrderableDBInstanceOptions"
    original = rds._ACTION_MAP[name]

    def describe(parameters: dict[str, Any]) -> Response:
        asked = rds._p(parameters, "DBInstanceClass")
        if not _is_offered(asked, rds._p(parameters, "Engine")):
            answer: Response = original(parameters)
            return answer
        status, headers, body = original({**parameters, "DBInstanceClass": [KNOWN]})
        return status, headers, body.replace(KNOWN.encode(), asked.encode())

    rds._ACTION_MAP[name] = describe


def _is_offered(asked: str, engine: str) -> bool:
    if asked == SERVERLESS:
        return engine.startswith("aurora")
    return asked.count(".") == 2 and asked.split(".")[1] in FAMILIES
