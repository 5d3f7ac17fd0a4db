"""What pydantic found, said to the person who writes the file."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from settings.faults import Location, listed, quoted
from settings.shape import Field, find, names, tags


class Explained(NamedTuple):
    """What is wrong at a location, and whether with its value or with the name before it."""

    location: Location
    message: str
    key: bool = False


def explain(detail: ErrorDetails) -> Explained:
    """Say what is wrong, in the words of the file and not of the library that noticed."""
    kind, context = detail["type"], detail.get("ctx", {})
    location, key = detail["loc"], False
    if kind not in ("extra_forbidden", "missing") and location[-1:] == ("[key]",):
        location, key = location[:-1], True
    field = find(location)
    if kind == "extra_forbidden":
        return Explained(field.location, _unknown(field), key=True)
    if kind == "missing":
        return Explained(field.location, _missing(field), key=True)
    if kind.startswith("union_tag"):
        return _wrong_tag(field, context)
    if kind == "groundwork_refused":
        message = str(context["reason"])
    else:
        message = _bounds(kind, context) or _type(kind, detail["input"])
    if key:
        name = quoted(str(field.location[-1]))
        return Explained(field.location, f"found the name {name}; must be {message}", key=True)
    return Explained(field.location, f"must be {message}")


def _unknown(field: Field) -> str:
    allowed = [name for owner in field.owners for name in names(owner)]
    near = get_close_matches(str(field.location[-1]), allowed, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"there is no such field{hint}; must be one of {listed(allowed)}"


def _missing(field: Field) -> str:
    name = str(field.location[-1])
    described = (names(owner).get(name, "") for owner in field.owners)
    sentence = " ".join(next(described, "").split("\n\n")[0].split())
    return f"this field is missing: {sentence}" if sentence else "this field is missing"


def _wrong_tag(field: Field, context: dict[str, Any]) -> Explained:
    """Name the field that tells one kind of item from another, such as a database's engine."""
    location = (*field.location, context["discriminator"].strip("'"))
    allowed = _either([tag for model in field.kinds for tag in tags(model)])
    if "tag" in context:
        return Explained(location, f"must be {allowed}")
    return Explained(location, f"this field is missing; must be {allowed}", key=True)


def _either(options: list[str]) -> str:
    return " or ".join([", ".join(options[:-1]), options[-1]]) if len(options) > 1 else options[0]


_BOUNDS = {
    "literal_error": "{expected}",
    "greater_than_equal": "{ge} or more",
    "greater_than": "more than {gt}",
    "less_than_equal": "{le} or less",
    "less_than": "less than {lt}",
    "multiple_of": "a multiple of {multiple_of}",
    "too_short": "{min_length} or more entries",
    "too_long": "{max_length} entries or fewer",
    "string_too_short": "{min_length} characters or more",
    "string_too_long": "{max_length} characters or fewer",
}


def _bounds(kind: str, context: dict[str, Any]) -> str | None:
    if kind not in _BOUNDS:
        return None
    return _BOUNDS[kind].format(**context).replace("'", "")


_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a number",
    "bool": "true or false",
    "string": "text",
    "tuple": "a list, as in [one, two]",
    "date": "a day, as in 2027-06-30",
    "dict": "names with values, as in name: value",
    "mapping": "names with values, as in name: value",
    "model": "names with values, as in name: value",
}


def _type(kind: str, found: Any) -> str:
    wanted = _TYPES.get(kind.partition("_")[0], "as docs/configuration.md describes it")
    if wanted == "text" and not isinstance(found, (list, dict, type(None))):
        return "text: put it between quotes"
    if isinstance(found, str) and re.fullmatch(r"-?\d+(\.\d+)?|true|false", found):
        return f"{wanted}, without quotes"
    if found is None and wanted.startswith("a list"):
        return "a list, as in [one, two], or [] for none"
    return wanted
