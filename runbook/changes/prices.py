"""What a drill's copies cost, by AWS's price list of the moment at which a review is made.

The list is asked once for each new or changed drill. Where it cannot be, the review says so: a
price is for the reader, and no change waits for it.
<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html>
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import JsonValue

from runbook.base import aws
from runbook.changes.drills import drill_of, hours_a_month
from runbook.changes.parts import Observation
from runbook.changes.review import StackReview
from settings.contract import ITEMS

if TYPE_CHECKING:
    from mypy_boto3_pricing.type_defs import FilterTypeDef

LIST = "us-east-1"
"""The price list has its own few regions, and in each of them the prices of all."""
ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=3, read_timeout=10)
PAGE = "https://aws.amazon.com/rds/pricing/"
SMALLEST = Decimal("0.5")
"""The capacity units that a restored cluster begins with."""


class _Dimension(TypedDict):
    pricePerUnit: dict[str, str]


class _Term(TypedDict):
    priceDimensions: dict[str, _Dimension]


class _Product(TypedDict):
    """A product of the list, as far as it is read."""

    product: dict[str, dict[str, str]]
    terms: dict[str, dict[str, _Term]]


def priced(
    stack: StackReview, template: Mapping[str, object], now: datetime
) -> Iterator[Observation]:
    """Yield what the copies of each new or changed drill of a stack cost."""
    for change in stack.declared:
        if (drill := drill_of(change)) is not None:
            declared = _declared(template, change.item)
            text = _said(declared, stack.region, hours_a_month(drill), now)
            yield Observation(place=change.item, text=text)


def _said(declared: Mapping[str, JsonValue], region: str, hours: int, now: datetime) -> str:
    what, wanted = _copy(declared)
    try:
        price = _hourly({**wanted, "regionCode": region})
    except (BotoCoreError, ClientError, KeyError, ValueError) as error:
        why = aws.reason(error) if isinstance(error, ClientError) else str(error)
        return f"what that is in money is not known, as the price list could not be asked: {why}"
    if price is None:
        return f"AWS's price list has no price of {what} in {region}: see {PAGE}"
    if what != declared.get("instance"):
        price *= SMALLEST
    return (
        f"by AWS's price list of {now:%Y-%m-%d}, {what} in {region} is {price.normalize():f} USD "
        f"an hour: {price * hours:.2f} USD a month, without storage and taxes"
    )


def _copy(declared: Mapping[str, JsonValue]) -> tuple[str, dict[str, str]]:
    """Return what is charged by the hour, in words and in the price list's own."""
    instance = declared.get("instance")
    if not instance:
        words = f"{SMALLEST} capacity units, which a copy begins with,"
        return words, {"productFamily": "ServerlessV2", "databaseEngine": "Aurora PostgreSQL"}
    return str(instance), {
        "productFamily": "Database Instance",
        "databaseEngine": "PostgreSQL",
        "deploymentOption": "Single-AZ",
        "instanceType": str(instance),
    }


def _hourly(wanted: Mapping[str, str]) -> Decimal | None:
    """Return the lowest price on demand in USD: others are of storage that costs more."""
    client = boto3.client("pricing", region_name=LIST, config=ONCE)
    filters: list[FilterTypeDef] = [
        {"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()
    ]
    found = client.get_products(ServiceCode="AmazonRDS", Filters=filters)["PriceList"]
    prices = [price for text in found for price in _prices(json.loads(text))]
    return min((price for price in prices if price), default=None)


def _prices(product: _Product) -> Iterator[Decimal]:
    for term in product["terms"].get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            yield Decimal(dimension["pricePerUnit"].get("USD", "0"))


def _declared(template: Mapping[str, object], item: str) -> Mapping[str, JsonValue]:
    """Return an item as the file has it, which the template carries along."""
    found: object = template.get("Metadata", {})
    for key in (ITEMS, *item.split("/")):
        found = found.get(key, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, dict) else {}
