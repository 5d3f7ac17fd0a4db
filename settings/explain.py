"""What pydantic found, said to the person who writes the file."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

from settings.model import Settings

_WORDS = {
    "string_type": "must be text: put it between quotes",
    "int_type": "must be a whole number, without quotes",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number, without quotes",
    "bool_type": "must be true or false, without quotes",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list, as in [one, two]",
    "date_type": "must be a day, as in 2027-06-30",
    "date_parsing": "must be a day, as in 2027-06-30",
    "date_from_datetime_parsing": "must be a day, as in 2027-06-30",
    "dict_type": "must be names with a value each, as in name: value",
    "mapping_type": "must be names with a value each, as in name: value",
    "model_type": "must be fields with a value each, as in field: value",
    "model_attributes_type": "must be fields with a value each, as in field: value",
}


def explain(detail: ErrorDetails) -> tuple[str, bool]:
    """Return the message, and whether it is about the name at the location, not its value."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return "this field is missing", True
    if kind == "extra_forbidden":
        return _unknown(detail["loc"]), True
    if kind == "groundwork_refused":
        return f"must be {context['reason']}", detail["loc"][-1] == "[key]"
    return _WORDS.get(kind) or _bounds(kind, context) or f"must be valid: {detail['msg']}", False


def _bounds(kind: str, context: dict[str, Any]) -> str | None:
    match kind:
        case "literal_error" | "enum":
            return f"must be {context['expected']}"
        case "union_tag_invalid":
            return f"{context['discriminator'].strip(chr(39))} must be one of {context['expected_tags']}"
        case "union_tag_not_found":
            return f"the field {context['discriminator']} is missing"
        case "greater_than_equal":
            return f"must be {context['ge']} or more"
        case "less_than_equal":
            return f"must be {context['le']} or less"
        case "multiple_of":
            return f"must be a multiple of {context['multiple_of']}"
        case "too_short":
            return f"must have {context['min_length']} or more entries"
        case "too_long":
            return f"must have at most {context['max_length']} entries"
        case "string_too_short":
            return f"must be {context['min_length']} characters or more"
        case "string_too_long":
            return f"must be at most {context['max_length']} characters"
    return None


def _unknown(location: tuple[int | str, ...]) -> str:
    """Say that there is no such field, and which one was probably meant."""
    allowed = _fields_at(location[:-1])
    near = get_close_matches(str(location[-1]), allowed, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return (
        f"there is no such field{hint} Allowed here: {', '.join(allowed)}"
        if near
        else (f"there is no such field. Allowed here: {', '.join(allowed)}")
    )


def _fields_at(location: tuple[int | str, ...]) -> list[str]:
    """Walk the JSON Schema down to the model at a location and list its fields."""
    schema = Settings.model_json_schema()
    definitions = schema["$defs"]
    node: dict[str, Any] = schema
    for part in location:
        node = _step(node, part, definitions)
    return list(_resolve(node, definitions).get("properties", {}))


def _step(node: dict[str, Any], part: int | str, definitions: dict[str, Any]) -> dict[str, Any]:
    node = _resolve(node, definitions)
    if part in (tags := node.get("discriminator", {}).get("mapping", {})):
        return {"$ref": tags[part]}
    if part in node.get("properties", {}):
        return dict(node["properties"][part])
    inside = node.get("additionalProperties") or node.get("items") or {}
    if not inside and (patterns := node.get("patternProperties")):
        inside = next(iter(patterns.values()))
    return dict(inside)


def _resolve(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if "anyOf" in node:
        node = next(option for option in node["anyOf"] if option.get("type") != "null")
    if "$ref" in node:
        return _resolve(definitions[node["$ref"].rpartition("/")[2]], definitions)
    return node
