from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent, indent
from typing import Any

import pytest
from aws_cdk.assertions import Template


class DataTemplate:
    """The template of one data stack, asked in few words."""

    def __init__(self, template: Template) -> None:
        self.template = template

    def all(self, kind: str) -> list[dict[str, Any]]:
        """The resources of a type, as in EC2::Subnet, by their logical ids' order."""
        return [dict(found) for found in self.template.find_resources(f"AWS::{kind}").values()]

    def one(self, kind: str) -> dict[str, Any]:
        (found,) = self.all(kind)
        return found

    def properties(self, kind: str) -> dict[str, Any]:
        found: dict[str, Any] = self.one(kind)["Properties"]
        return found

    def logical_id(self, kind: str) -> str:
        (found,) = self.template.find_resources(f"AWS::{kind}")
        return str(found)


@pytest.fixture(scope="session")
def data(templates: Callable[[str], dict[str, Template]]) -> Callable[[str], DataTemplate]:
    """Synthesize the data part of a configuration that needs one stack."""

    def synthesize(text: str) -> DataTemplate:
        (template,) = templates("data:\n" + indent(dedent(text), "  ")).values()
        return DataTemplate(template)

    return synthesize


Data = Callable[[str], DataTemplate]

NETWORK = """
networks:
  main:
    cidr: 10.0.0.0/16
    subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}
security_groups:
  office: {description: The office, postgresql_from: [203.0.113.0/24]}
"""


@pytest.fixture(scope="session")
def database(data: Data) -> Callable[[str], DataTemplate]:
    """Synthesize one database, `books`, from its fields in YAML's flow style."""

    def synthesize(fields: str) -> DataTemplate:
        item = f"{{security_groups: [office], {fields}}}"
        return data(f"{NETWORK}\ndatabases:\n  books: {item}\n")

    return synthesize
