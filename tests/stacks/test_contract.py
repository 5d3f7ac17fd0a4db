"""Ids are a contract: adding or reordering items neither moves nor replaces another."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from aws_cdk.assertions import Template

from tests.builders import REGISTER
from tests.conftest import EXAMPLE, templates_of

ADDED: dict[str, Any] = {
    "mail": {
        "domains": {"another.example": {"configuration_set": "another"}},
        "addresses": {"another@open-contracting.org": {"notify": ["a@example.org"]}},
        "configuration_sets": {"another": {"notify": ["b@example.org"]}},
        "senders": {
            "another": {**REGISTER, "from": ["another@another.example"], "category": "marketing"}
        },
    },
    "data": {
        "security_groups": {
            "another": {"description": "Another", "postgresql_from": ["10.0.0.0/16"]}
        },
        "databases": {
            "another": {
                "engine": "aurora-postgresql",
                "capacity": {"max": 1},
                "security_groups": ["another"],
            }
        },
    },
    "backup": {
        "buckets": {
            "another-bucket-of-a-test": {
                "region": "eu-west-2",
                "users": {"another-user": {"tool": "restic"}},
            }
        }
    },
}


def _before_the_others(example: dict[str, Any]) -> dict[str, Any]:
    """Put the added items first, where an id by position would move all the rest."""
    changed = dict(example)
    for area, kinds in ADDED.items():
        changed[area] = dict(changed[area])
        for kind, items in kinds.items():
            changed[area][kind] = {**items, **changed[area][kind]}
    return changed


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in reversed(value)}
    return value


def _synthesized(document: dict[str, Any]) -> dict[str, Template]:
    return templates_of(yaml.safe_dump(document, sort_keys=False))


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    read = dict(yaml.safe_load(EXAMPLE))
    del read["accepted_risks"]  # no check runs here, and YAML 1.1 reads their days as dates
    return read


def test_an_added_item_moves_no_other(
    document: dict[str, Any], example_templates: dict[str, Template]
) -> None:
    changed = _synthesized(_before_the_others(document))
    for name, template in example_templates.items():
        before = template.to_json()["Resources"]
        after = changed[name].to_json()["Resources"]
        assert before.keys() <= after.keys()
        assert [key for key in before if before[key]["Type"] != after[key]["Type"]] == []


def test_an_added_item_changes_nothing_of_another_that_holds_data(
    document: dict[str, Any], example_templates: dict[str, Template]
) -> None:
    changed = _synthesized(_before_the_others(document))
    for name, template in example_templates.items():
        for kind in ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::S3::Bucket"):
            after = changed[name].find_resources(kind)
            for identifier, resource in template.find_resources(kind).items():
                assert after[identifier] == resource


def test_the_order_of_items_changes_nothing(
    document: dict[str, Any], example_templates: dict[str, Template]
) -> None:
    changed = _synthesized(_reversed(document))
    for name, template in example_templates.items():
        before, after = template.to_json(), changed[name].to_json()
        assert after["Resources"].keys() == before["Resources"].keys()
        for kind in ("AWS::EC2::Subnet", "AWS::RDS::DBInstance", "AWS::SES::EmailIdentity"):
            assert changed[name].find_resources(kind) == template.find_resources(kind)
