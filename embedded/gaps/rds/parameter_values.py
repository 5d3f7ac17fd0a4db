"""The values that RDS takes for a parameter, which follow the engine's major version."""

from __future__ import annotations

import re

from embedded.gaps._ministack import Properties, extend
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "From version 18 on a parameter group takes the names of what is logged for "
        "`log_connections`, and 1 no longer."
    ),
    page="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Parameter.html",
    ministack="It takes any value for any parameter.",
    effect=Effect.STRICTER,
)
NAMED_FROM = 18
NAMES = ("receipt", "authentication", "authorization", "setup_durations", "all")


def install() -> None:
    """Look at the parameters of both kinds of groups before they are made or changed."""
    for kind in ("AWS::RDS::DBParameterGroup", "AWS::RDS::DBClusterParameterGroup"):
        extend(kind, check=_refuse)


def _refuse(properties: Properties) -> None:
    major = re.fullmatch(r"(?:aurora-)?postgres(?:ql)?(\d+)", str(properties.get("Family")))
    asked = str(properties.get("Parameters", {}).get("log_connections", "all"))
    if major and int(major[1]) >= NAMED_FROM and not {*asked.split(",")} <= {*NAMES}:
        raise ValueError(
            f"Invalid parameter value: {asked} for: log_connections allowed values are: "
            f"{', '.join(NAMES)} (Service: Rds, Status Code: 400, Error Code: "
            "InvalidParameterValue)"
        )
