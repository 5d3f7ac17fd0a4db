from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from pydantic import TypeAdapter

from groundwork.data import connections
from settings.models.capacity import Capacity
from settings.values.databases import InstanceClass


def classes_of_postgresql() -> set[str]:
    """Every class that cfn-lint knows for PostgreSQL in Virginia."""
    file = files("cfnlint") / "data/schemas/extensions/aws_rds_dbinstance/dbinstanceclass_enum.json"
    rules: list[dict[str, Any]] = json.loads(file.read_text())["us-east-1"]["allOf"]
    return {
        name
        for rule in rules
        if rule["if"]["properties"]["Engine"].get("const") == "postgres"
        for name in rule["then"]["properties"]["DBInstanceClass"]["enum"]
    }


def test_every_class_of_rds_can_be_declared_and_has_its_limit() -> None:
    for name in classes_of_postgresql():
        assert TypeAdapter(InstanceClass).validate_python(name) == name
        assert 50 < connections.of_instance(name) <= 5000


@pytest.mark.parametrize(
    ("instance_class", "about"),
    [("db.t3.micro", 81), ("db.t4g.medium", 415), ("db.m7g.large", 868), ("db.r7g.large", 1769)],
)
def test_a_class_takes_what_its_memory_allows(instance_class: str, about: int) -> None:
    assert connections.of_instance(instance_class) == pytest.approx(about, rel=0.03)


@pytest.mark.parametrize(
    ("minimum", "maximum", "most"),
    [(0, 1, 189), (0, 4, 823), (1, 16, 3360), (0, 16, 2000), (0.5, 256, 2000), (1, 256, 5000)],
)
def test_aurora_takes_what_its_table_says(minimum: float, maximum: float, most: int) -> None:
    assert connections.of_capacity(Capacity(min=minimum, max=maximum)) == most
