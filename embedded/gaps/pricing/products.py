"""The price list, of the few classes that the examples name."""

from __future__ import annotations

import json
from typing import Any

from embedded.gaps._ministack import Response, add_service, responses
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="The price list has the price of every product. Here it has some, which are examples.",
    page=(
        "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/"
        "API_pricing_GetProducts.html"
    ),
    ministack="It does not know the service.",
    effect=Effect.CAPABLE,
)

NAME = "pricing"
TARGET = "AWSPriceListService"
HOURLY = {"db.t3.micro": "0.0180000000", "db.t4g.small": "0.0320000000"}
CAPACITY_UNIT = "0.1200000000"


def install() -> None:
    """Answer for what is listed, in every region alike."""
    add_service(NAME, TARGET, handle_request)


async def handle_request(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
    """Answer GetProducts, each product as a text of JSON."""
    asked = json.loads(body or b"{}")
    wanted = {each["Field"]: each["Value"] for each in asked.get("Filters", ())}
    units = wanted.get("productFamily") == "ServerlessV2"
    price = CAPACITY_UNIT if units else HOURLY.get(wanted.get("instanceType", ""))
    found = [json.dumps(_product(wanted, price))] if price else []
    answer: Response = responses.json_response({"FormatVersion": "aws_v1", "PriceList": found})
    return answer


def _product(wanted: dict[str, str], price: str) -> dict[str, Any]:
    dimension = {"unit": "Hrs", "pricePerUnit": {"USD": price}}
    return {
        "product": {"attributes": wanted},
        "serviceCode": "AmazonRDS",
        "terms": {"OnDemand": {"example": {"priceDimensions": {"example": dimension}}}},
    }
