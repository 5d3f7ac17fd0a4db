"""What is generated from the models is committed as they are, and says the same as they do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator

from settings import reference
from settings.reader.document import read
from settings.schema import schema

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "groundwork.yaml").read_text()
EVERYTHING = (Path(__file__).parent / "everything.yaml").read_text()


@pytest.fixture(scope="module")
def validator() -> StandardValidator:
    return StandardValidator(json.loads(schema()))


def test_the_committed_schema_is_up_to_date() -> None:
    committed = (ROOT / "groundwork.schema.json").read_text()
    assert committed == schema(), "run: make schema"


def test_the_committed_reference_is_up_to_date() -> None:
    committed = reference.PAGE.read_text()
    assert committed == reference.page(committed), "run: make schema"


def test_the_reference_explains_every_model() -> None:
    text = reference.PAGE.read_text()
    missing = {name for name in reference.models() if f"<!-- fields of {name} -->" not in text}
    assert missing == set(), "docs/configuration.md has no table of these"


def test_the_snippets_of_the_reference_are_in_the_example() -> None:
    example = {line.partition("#")[0].strip() for line in EXAMPLE.splitlines()}
    blocks = reference.PAGE.read_text().split("```yaml\n")[1:]
    lines = [line for block in blocks for line in block.partition("```")[0].splitlines()]
    assert lines
    assert [line for line in lines if line.partition("#")[0].strip() not in example] == []


def test_the_example_points_editors_at_the_schema() -> None:
    first = EXAMPLE.splitlines()[0]
    assert first == "# yaml-language-server: $schema=./groundwork.schema.json"


@pytest.mark.parametrize("text", [EXAMPLE, EVERYTHING])
def test_editors_find_no_fault_with_what_is_right(validator: StandardValidator, text: str) -> None:
    assert [error.message for error in validator.iter_errors(read(text).data)] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("region", "London"),
        ("mail.domains", {"Example.org": {}}),
        ("mail.suppresion", []),  # codespell:ignore
        ("data.bastion", "yes"),
        ("backup.buckets", {"backup": {"users": {"a": {"tool": "rsync"}}}}),
        ("accepted_risks", [{"rule": "AwsSolutions-RDS10"}]),
    ],
)
def test_editors_mark_what_is_wrong(validator: StandardValidator, path: str, value: Any) -> None:
    data: Any = value
    for name in reversed(path.split(".")):
        data = {name: data}
    assert list(validator.iter_errors({"account": "123456789012", **data}))
