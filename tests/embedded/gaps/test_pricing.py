"""The price list, as far as the examples need it."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.embedded.conftest import Aws
from tests.instances import ONCE, client_of

ENGINE = {"Type": "TERM_MATCH", "Field": "databaseEngine", "Value": "PostgreSQL"}


def found(aws: Aws, instance: str) -> list[str]:
    wanted = [ENGINE, {"Type": "TERM_MATCH", "Field": "instanceType", "Value": instance}]
    client = client_of(aws.instance, "pricing", config=ONCE)
    answer = client.get_products(ServiceCode="AmazonRDS", Filters=wanted)
    return list(answer["PriceList"])


def test_a_listed_class_has_a_price_by_the_hour(aws: Aws) -> None:
    (product,) = map(json.loads, found(aws, "db.t4g.small"))
    (term,) = product["terms"]["OnDemand"].values()
    (dimension,) = term["priceDimensions"].values()
    assert dimension == {"unit": "Hrs", "pricePerUnit": {"USD": "0.0320000000"}}


def test_another_class_is_not_in_the_list(aws: Aws) -> None:
    assert found(aws, "db.x2iedn.32xlarge") == []


def test_ministack_still_lacks_the_price_list(pristine: Aws) -> None:
    with pytest.raises(ClientError):
        found(pristine, "db.t4g.small")
