"""One version of a stack, ready to be compared: its template worked out with what was given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pydantic import JsonValue

from runbook.changes.template.resolve import Given, Problem, Resolver
from runbook.changes.template.values import Template, place

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import (
        DescribeChangeSetOutputTypeDef,
        ParameterTypeDef,
        StackTypeDef,
    )

_NO_ECHO = "****"


@dataclass(frozen=True)
class Reading:
    """Resources and outputs by logical id, with functions worked out and conditions decided."""

    resources: Mapping[str, Template] = field(default_factory=dict)
    outputs: Mapping[str, JsonValue] = field(default_factory=dict)
    metadata: Template = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def places(self) -> dict[str, str]:
        """Return where each resource stands in the application."""
        return {name: place(name, resource) for name, resource in self.resources.items()}

    def with_resources(self, other: Reading, names: Iterable[str]) -> Reading:
        """Return this version with some resources of another one: those that are left behind."""
        return replace(
            self, resources={**{name: other.resources[name] for name in names}, **self.resources}
        )


def read(template: Template, given: Given) -> Reading:
    """Work out a template."""
    resolver = Resolver(template, given)
    found, outputs = resolver.resources(), resolver.section("Outputs")
    metadata = template.get("Metadata", {})
    return Reading(found, outputs, metadata, tuple(dict.fromkeys(resolver.problems)))


def given(stack: StackTypeDef | DescribeChangeSetOutputTypeDef) -> Given:
    """Return what a description of a stack or change set says of parameters and of itself."""
    stack_id = stack["StackId"]
    _, partition, _, region, account, *_ = stack_id.split(":")
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    return Given(
        parameters=dict(_parameters(stack.get("Parameters", ()))),
        pseudo={
            "AccountId": account,
            "NotificationARNs": [*stack.get("NotificationARNs", ())],
            "Partition": partition,
            "Region": region,
            "StackId": stack_id,
            "StackName": stack["StackName"],
            "URLSuffix": suffix,
        },
    )


def _parameters(parameters: Iterable[ParameterTypeDef]) -> Iterable[tuple[str, str]]:
    """Yield the parameters whose values are known: not secret ones, nor SSM's not yet looked up."""
    for parameter in parameters:
        value = parameter.get("ResolvedValue", parameter.get("ParameterValue", ""))
        if value != _NO_ECHO:
            yield parameter["ParameterKey"], value
