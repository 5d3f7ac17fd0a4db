"""CloudFormation's functions and conditions, each worked out or refused with a reason.

<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pydantic import JsonValue

from runbook.changes.template.values import CLOSE, COMPUTED, OPEN, bare

if TYPE_CHECKING:
    from runbook.changes.template.resolve import Resolver

MARKS = (OPEN, CLOSE, COMPUTED)
FORBIDDEN = "it contains a character that Groundwork uses for references"
NO_VALUE = f"{COMPUTED}no value{CLOSE}"
_COMPUTED_TYPES = ("Custom::", "AWS::CloudFormation::CustomResource")
_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")


class UnreadableError(Exception):
    """Why a value cannot be worked out."""


def as_text(value: JsonValue) -> str:
    """Write a value that was worked out as a text."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        raise UnreadableError("a text was expected")
    return str(value)


def _ref(resolver: Resolver, name: JsonValue) -> JsonValue:
    if not isinstance(name, str):
        raise UnreadableError("a reference has no name")
    if name == "AWS::NoValue":
        return NO_VALUE
    if name.startswith("AWS::"):
        if name.removeprefix("AWS::") not in resolver.given.pseudo:
            raise UnreadableError(f"the pseudo parameter {name} is not known")
        return resolver.given.pseudo[name.removeprefix("AWS::")]
    if name in resolver.template.get("Parameters", {}):
        return _parameter(resolver, name)
    return _reference(resolver, name, name)


def _parameter(resolver: Resolver, name: str) -> JsonValue:
    if name not in resolver.given.parameters:
        return f"{COMPUTED}parameter {name}{CLOSE}"
    text = resolver.given.parameters[name]
    kind = str(resolver.template["Parameters"][name].get("Type", "String"))
    is_list = kind.startswith(("CommaDelimitedList", "List<")) or "<List<" in kind
    return resolver.value([*text.split(",")] if is_list else text)


def _reference(resolver: Resolver, logical_id: str, text: str) -> str:
    resource = resolver.by_id.get(logical_id)
    if resource is None:
        raise UnreadableError(f"it refers to {logical_id}, which the template does not have")
    computed = str(resource.get("Type", "")).startswith(_COMPUTED_TYPES)
    return f"{COMPUTED if computed else OPEN}{text}{CLOSE}"


def _attribute(resolver: Resolver, value: JsonValue) -> JsonValue:
    parts = value.split(".", 1) if isinstance(value, str) else value
    match parts:
        case [str(logical_id), str(attribute)]:
            return _reference(resolver, logical_id, f"{logical_id}.{attribute}")
    raise UnreadableError("Fn::GetAtt names no attribute")


def _join(resolver: Resolver, value: JsonValue) -> JsonValue:
    match value:
        case [str(separator), parts]:
            return separator.join(map(as_text, resolver.items(parts)))
    raise UnreadableError("Fn::Join has no list")


def _sub(resolver: Resolver, value: JsonValue) -> JsonValue:
    match value:
        case str(pattern):
            own: dict[str, JsonValue] = {}
        case [str(pattern), dict(own)]:
            pass
        case _:
            raise UnreadableError("Fn::Sub has no text")
    if any(mark in pattern for mark in MARKS):
        raise UnreadableError(FORBIDDEN)

    def filled(match: re.Match[str]) -> str:
        literal, name = match.groups()
        if literal:
            return f"${{{name}}}"
        if name in own:
            return resolver.text(own[name])
        return resolver.text({"Fn::GetAtt": name} if "." in name else {"Ref": name})

    return _VARIABLE.sub(filled, pattern)


def _select(resolver: Resolver, value: JsonValue) -> JsonValue:
    match value:
        case [index, choices]:
            found, position = resolver.value(choices), resolver.text(index)
            if isinstance(found, str) and any(mark in found for mark in MARKS):
                # A list that CloudFormation makes: the blocks of a network, the zones of a region.
                begin = COMPUTED if COMPUTED in found else OPEN
                return f"{begin}part {position} of {bare(found)}{CLOSE}"
            found = resolver.items(choices)
            if position.isdecimal() and int(position) < len(found):
                return found[int(position)]
    raise UnreadableError("Fn::Select picks what is not there")


def _split(resolver: Resolver, value: JsonValue) -> JsonValue:
    match value:
        case [str(separator), text]:
            whole = resolver.text(text)
            if not any(mark in whole for mark in MARKS):
                return [*whole.split(separator)]
            # What a reference splits into is known to CloudFormation alone.
            return [f"{COMPUTED}part {n} of {bare(whole)}{CLOSE}" for n in range(10)]
    raise UnreadableError("Fn::Split has no text")


def _find_in_map(resolver: Resolver, value: JsonValue) -> JsonValue:
    if isinstance(value, list) and len(value) == 3:
        name, first, second = map(resolver.text, value)
        found = resolver.template.get("Mappings", {}).get(name, {}).get(first, {})
        if second in found:
            return resolver.value(found[second])
    raise UnreadableError("Fn::FindInMap finds nothing")


def _if(resolver: Resolver, value: JsonValue) -> JsonValue:
    match value:
        case [str(name), yes, no]:
            return resolver.value(yes if holds(resolver, {"Condition": name}) else no)
    raise UnreadableError("Fn::If has no condition")


def _import(resolver: Resolver, value: JsonValue) -> JsonValue:
    return f"{COMPUTED}import {bare(resolver.text(value))}{CLOSE}"


def _opaque(resolver: Resolver, value: JsonValue) -> JsonValue:
    text = json.dumps(resolver.value(value), sort_keys=True, ensure_ascii=False)
    return f"{OPEN}{bare(text)}{CLOSE}"


def _base64(resolver: Resolver, value: JsonValue) -> JsonValue:
    return {"Fn::Base64": resolver.value(value)}


def holds(resolver: Resolver, value: JsonValue) -> bool:
    """Tell whether a condition holds, or raise where only CloudFormation could tell."""
    match value:
        case {"Condition": str(name)}:
            conditions = resolver.template.get("Conditions", {})
            if name not in conditions:
                raise UnreadableError(f"the condition {name} is not in the template")
            return holds(resolver, conditions[name])
        case {"Fn::Not": [inner]}:
            return not holds(resolver, inner)
        case {"Fn::And": list(inner)}:
            return all(holds(resolver, one) for one in inner)
        case {"Fn::Or": list(inner)}:
            return any(holds(resolver, one) for one in inner)
        case {"Fn::Equals": [first, second]}:
            sides = resolver.text(first), resolver.text(second)
            if any(mark in side for mark in MARKS for side in sides):
                raise UnreadableError("its condition compares what CloudFormation alone knows")
            return sides[0] == sides[1]
    raise UnreadableError("its condition is not understood")


FUNCTIONS: Mapping[str, Callable[[Resolver, JsonValue], JsonValue]] = {
    "Fn::Base64": _base64,
    "Fn::Cidr": _opaque,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _opaque,
    "Fn::GetAtt": _attribute,
    "Fn::If": _if,
    "Fn::ImportValue": _import,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Ref": _ref,
}
