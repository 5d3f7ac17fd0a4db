"""Templates as a reading of them, without an AWS."""

from __future__ import annotations

from typing import Any

from runbook.changes.template.reading import Reading, given, read

STACK = {
    "StackId": "arn:aws:cloudformation:eu-west-2:123456789012:stack/data-eu-west-2/6d1f0a5e",
    "StackName": "data-eu-west-2",
}


def reading(template: dict[str, Any], **parameters: str) -> Reading:
    """Read a template as the stack's own, with the values of parameters."""
    values = [{"ParameterKey": key, "ParameterValue": v} for key, v in parameters.items()]
    stack: Any = {**STACK, "Parameters": values}
    return read(template, given(stack))


def of(**resources: dict[str, Any]) -> Reading:
    """Read a template of these resources."""
    return reading({"Resources": resources})


def resource(kind: str, properties: dict[str, Any] | None = None, **rest: Any) -> dict[str, Any]:
    """Describe a resource: its type without `AWS::`."""
    return {"Type": f"AWS::{kind}", "Properties": properties or {}, **rest}
