"""`python -m settings.reference` renews the tables of docs/configuration.md.

The page is written by hand but for its tables, each of which stands between two comments:
`<!-- fields of Domain -->` and `<!-- end -->`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NotRequired, TypedDict

from settings.schema import schema

PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"
_TABLE = re.compile(r"(<!-- fields of (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_MANY = 12


class _Described(TypedDict, total=False):
    """What the schema says of a field: the keywords of JSON Schema that the tables show."""

    anyOf: list[_Described]
    default: object
    description: str
    enum: list[str]
    items: _Described
    maximum: int
    minimum: int
    type: str


class _DescribedModel(TypedDict):
    properties: dict[str, _Described]
    required: NotRequired[list[str]]


def page(text: str) -> str:
    """Return the page with its tables as the models describe them."""
    document = json.loads(schema())
    models = {"Settings": document, **document["$defs"]}
    return _TABLE.sub(lambda found: found[1] + _table(found[2], models[found[2]]) + found[3], text)


def models() -> set[str]:
    """Return the names of all models, each of which has a table in the page."""
    return {"Settings", *json.loads(schema())["$defs"]}


def _table(name: str, model: _DescribedModel) -> str:
    required = model.get("required", [])
    fields = sorted(model["properties"].items(), key=lambda field: field[0] not in required)
    rows = [
        f"| `{field}` | {_default(name, field, described, required)} | {_meaning(described)} |"
        for field, described in fields
    ]
    return "\n".join(["", "| Field | Unless named | Meaning |", "|---|---|---|", *rows, "", ""])


def _default(name: str, field: str, described: _Described, required: list[str]) -> str:
    """Say what holds when the file says nothing."""
    if field in required:
        return "*required*"
    if field in ("region", "regions") and name != "Settings":
        return "the file's"
    match described.get("default"):
        case None | [] | {}:
            return "–"
        case bool() as switch:
            return f"`{str(switch).lower()}`"
        case list() as values:
            return ", ".join(f"`{value}`" for value in values)
        case dict():
            return "as below"
        case value:
            return f"`{value}`"


def _meaning(described: _Described) -> str:
    sentences = " ".join(described.get("description", "").split())
    return f"{sentences} {_allowed(described)}".strip().replace("|", "\\|")


def _allowed(described: _Described) -> str:
    """Say which values are taken, where that is shorter than a rule in words."""
    for option in described.get("anyOf", ()):
        if option.get("type") != "null":
            return _allowed(option)
    if "items" in described:
        return _allowed(described["items"])
    if 1 < len(values := described.get("enum", ())) <= _MANY:
        return "Values: " + ", ".join(f"`{value}`" for value in values) + "."
    low, high = described.get("minimum"), described.get("maximum")
    if low is not None and high is not None:
        return f"From {low:,} to {high:,}."
    return ""


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
