"""The quotas that Service Quotas has: AWS's defaults."""

from __future__ import annotations

import json
from typing import Any

from embedded.gaps._ministack import Response, add_service, region, responses
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="Service Quotas has the quotas of services without a call of their own for them.",
    page=(
        "https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html"
    ),
    ministack="It does not know the service.",
    effect=Effect.CAPABLE,
)

NAME = "servicequotas"
TARGET = "ServiceQuotasV20190624"
DEFAULTS = {
    ("vpc", "L-F678F1CE"): 5.0,
    ("vpc", "L-2AFB9258"): 5.0,
    ("s3", "L-DC2B2D3D"): 10_000.0,
}
ONLY_IN = {"s3": "us-east-1"}
ONLY_DEFAULT = {("GetServiceQuota", "s3")}
"""Where no value was applied to the account, the call does not answer with the default."""
MISSING = "The request failed because the specified quota does not exist."


def install() -> None:
    """Answer for AWS's defaults; no account here has been given more."""
    add_service(NAME, TARGET, handle_request)


async def handle_request(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
    """Answer the two calls that look one quota up."""
    asked, action = json.loads(body or b"{}"), headers["x-amz-target"].rpartition(".")[2]
    service, code = asked.get("ServiceCode", ""), asked.get("QuotaCode", "")
    value = DEFAULTS.get((service, code))
    here = ONLY_IN.get(service, region()) == region()
    if value is None or not here or (action, service) in ONLY_DEFAULT:
        refused: Response = responses.error_response_json("NoSuchResourceException", MISSING)
        return refused
    quota = {"ServiceCode": service, "QuotaCode": code, "Value": value}
    answer: Response = responses.json_response({"Quota": quota})
    return answer
