"""A template's values with its functions worked out, as far as that is possible before it runs.

What stays open is a reference, written between two marks that no template may contain. What cannot
be worked out, or that this does not know, is a problem with its place: nothing is skipped.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from pydantic import JsonValue

from runbook.changes.template.functions import (
    FORBIDDEN,
    FUNCTIONS,
    MARKS,
    NO_VALUE,
    UnreadableError,
    as_text,
    holds,
)
from runbook.changes.template.values import CLOSE, COMPUTED, Template, bare, resources


class Problem(NamedTuple):
    """Something in a template that cannot be worked out, or that this does not know."""

    logical_id: str
    path: str
    why: str


@dataclass(frozen=True)
class Given:
    """What CloudFormation knows besides the template."""

    parameters: Mapping[str, str]
    """The values of parameters; what is missing is known to CloudFormation alone."""
    pseudo: Mapping[str, JsonValue]
    """The values of pseudo parameters, without `AWS::`."""


@dataclass
class Resolver:
    """Works out one template. `problems` fill while it does."""

    template: Template
    given: Given
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def by_id(self) -> dict[str, Template]:
        """Return the template's resources as they stand there."""
        return resources(self.template)

    def resources(self) -> dict[str, Template]:
        """Return the resources that the conditions leave, with their functions worked out."""
        found: dict[str, Template] = {}
        for logical_id, resource in self.by_id.items():
            if not self._is_made(logical_id, resource):
                continue
            found[logical_id] = {
                key: self._read(logical_id, key, value)
                for key, value in resource.items()
                if key != "Metadata"
            }
            found[logical_id]["Metadata"] = resource.get("Metadata", {})
        return found

    def section(self, name: str) -> dict[str, JsonValue]:
        """Return another section, with its functions worked out."""
        items = self.template.get(name, {})
        return {
            key: self._read(key, name, value)
            for key, value in items.items()
            if self._is_made(key, value)
        }

    def _is_made(self, logical_id: str, resource: Template) -> bool:
        name = resource.get("Condition")
        if name is None:
            return True
        try:
            return holds(self, {"Condition": name})
        except UnreadableError as problem:
            self.problems.append(Problem(logical_id, "Condition", str(problem)))
            return True

    def _read(self, logical_id: str, path: str, value: JsonValue) -> JsonValue:
        """Work a value out. What is unreadable in it becomes a problem, and a computed value."""
        if isinstance(value, dict) and not _function(value):
            read = {
                key: self._read(logical_id, f"{path}.{key}", inside)
                for key, inside in value.items()
            }
            return {key: inside for key, inside in read.items() if inside != NO_VALUE}
        if isinstance(value, list):
            items = [self._read(logical_id, path, inside) for inside in value]
            return [inside for inside in items if inside != NO_VALUE]
        try:
            return self.value(value)
        except UnreadableError as problem:
            self.problems.append(Problem(logical_id, path, str(problem)))
            return f"{COMPUTED}{json.dumps(value, sort_keys=True)}{CLOSE}"

    def value(self, value: JsonValue) -> JsonValue:
        """Work out one value, or raise."""
        match value:
            case str() if any(mark in value for mark in MARKS):
                raise UnreadableError(FORBIDDEN)
            case str():
                return _looked_up(value)
            case dict() if name := _function(value):
                known = FUNCTIONS.get(name)
                if known is None:
                    raise UnreadableError(f"the function {name} is not known")
                return _looked_up(known(self, value[name]))
            case dict():
                read = {key: self.value(inside) for key, inside in value.items()}
                return {key: inside for key, inside in read.items() if inside != NO_VALUE}
            case list():
                items = [self.value(inside) for inside in value]
                return [inside for inside in items if inside != NO_VALUE]
        return value

    def text(self, value: JsonValue) -> str:
        """Work out a value that has to be one text."""
        return as_text(self.value(value))

    def items(self, value: JsonValue) -> list[JsonValue]:
        """Work out a value that has to be a list."""
        read = self.value(value)
        if not isinstance(read, list):
            raise UnreadableError("a list was expected")
        return read


def _function(value: dict[str, JsonValue]) -> str:
    """Return the name of the function that a mapping calls; nothing if it calls none."""
    name = next(iter(value)) if len(value) == 1 else ""
    return name if name == "Ref" or name.startswith("Fn::") else ""


def _looked_up(value: JsonValue) -> JsonValue:
    """Mark a text that CloudFormation completes: its dynamic references may hold anything.

    <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>
    """
    if isinstance(value, str) and "{{resolve:" in value and COMPUTED not in value:
        return f"{COMPUTED}{bare(value)}{CLOSE}"
    return value
