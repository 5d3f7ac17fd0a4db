"""The price of a drill's copies, as the price list answers, or why it is not known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from runbook.changes.parts import DeclaredChange, Difference, Effect
from runbook.changes.prices import priced
from runbook.changes.review import StackAction, StackReview
from settings.contract import ITEMS

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SMALL = {"engine": "postgresql", "instance": "db.t4g.small", "drill": {}}
CLUSTER = {"engine": "aurora-postgresql", "capacity": {"max": 2}, "drill": {}}


@pytest.fixture
def prices(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """The price list, which answers what a test says."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "only-an-example")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "only-an-example")
    client = boto3.client("pricing", region_name="us-east-1")
    monkeypatch.setattr(boto3, "client", lambda *given, **more: client)
    with Stubber(client) as stubber:
        yield stubber


def product(*amounts: str) -> str:
    dimensions = {str(n): {"pricePerUnit": {"USD": each}} for n, each in enumerate(amounts)}
    terms = {"OnDemand": {"a term": {"priceDimensions": dimensions}}, "Reserved": {}}
    return json.dumps({"product": {"attributes": {}}, "terms": terms})


def said(item: dict[str, Any], effect: Effect = Effect.CHANGE) -> list[str]:
    drill = Difference(path="drill", before=None, after=item.get("drill"))
    change = DeclaredChange(item="databases/books", effect=effect, differences=(drill,))
    stack = StackReview(
        name="data", region="eu-west-2", action=StackAction.NOTHING, declared=(change,)
    )
    template = {"Metadata": {ITEMS: {"databases": {"books": item}}}}
    return [each.text for each in priced(stack, template, NOW)]


def test_an_instance_is_priced_by_its_class_and_the_lowest_price_on_demand(
    prices: Stubber,
) -> None:
    wanted = {
        "productFamily": "Database Instance",
        "databaseEngine": "PostgreSQL",
        "deploymentOption": "Single-AZ",
        "instanceType": "db.t4g.small",
        "regionCode": "eu-west-2",
    }
    filters = [{"Type": "TERM_MATCH", "Field": key, "Value": wanted[key]} for key in wanted]
    answer = {"PriceList": [product("0.0000000000", "0.0710000000"), product("0.0360000000")]}
    prices.add_response("get_products", answer, {"ServiceCode": "AmazonRDS", "Filters": filters})
    assert said(SMALL) == [
        "by AWS's price list of 2026-11-23, db.t4g.small in eu-west-2 is 0.036 USD an hour: "
        "0.32 USD a month, without storage and taxes"
    ]


def test_a_cluster_is_priced_by_the_units_that_its_copy_begins_with(prices: Stubber) -> None:
    prices.add_response("get_products", {"PriceList": [product("0.12")]}, ANY_FILTERS)
    (text,) = said(CLUSTER)
    assert "0.5 capacity units, which a copy begins with, in eu-west-2 is 0.06 USD an hour" in text


ANY_FILTERS = {"ServiceCode": "AmazonRDS", "Filters": ANY}


def test_a_class_that_the_list_does_not_have_is_said(prices: Stubber) -> None:
    prices.add_response("get_products", {"PriceList": []}, ANY_FILTERS)
    (text,) = said(SMALL)
    assert text.startswith("AWS's price list has no price of db.t4g.small in eu-west-2: see http")


def test_whoever_may_not_ask_is_shown_why_and_the_review_goes_on(prices: Stubber) -> None:
    prices.add_client_error("get_products", "AccessDeniedException", "not authorized")
    (text,) = said(SMALL)
    assert "is not known, as the price list could not be asked: " in text
    assert "not authorized" in text


def test_a_list_in_another_form_is_no_failure(prices: Stubber) -> None:
    prices.add_response("get_products", {"PriceList": ["{}"]}, ANY_FILTERS)
    assert "is not known" in said(SMALL)[0]


@pytest.mark.parametrize(
    ("item", "effect"), [({"drill": None}, Effect.CHANGE), (SMALL, Effect.DELETE)]
)
def test_without_a_drill_nobody_is_asked(item: dict[str, Any], effect: Effect) -> None:
    assert said(item, effect) == []
