"""What pydantic found, in words for the person who writes the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

from pydantic_core import ErrorDetails

from settings.diagnostics import Location, listed, quoted
from settings.reader.model_lookup import Place, fields, find, tags


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
    place = find(location)
    if kind == "extra_forbidden":
        return Explained(place.location, _unknown(place), key=True)
    if kind == "missing":
        return Explained(place.location, _missing(place), key=True)
    if kind.startswith("union_tag"):
        return _wrong_tag(place, context)
    if kind == "groundwork_refused":
        message = f"must be {context['reason']}"
    elif kind in _BOUNDS:
        bounds = {k: f"{v:g}" if isinstance(v, float) else v for k, v in context.items()}
        message = _BOUNDS[kind].format(**bounds).replace("'", "")
    else:
        message = f"must be {_type(kind, detail['input'])}"
    if key:
        message = f"found the name {quoted(str(place.location[-1]))}; {message}"
    return Explained(place.location, message, key)


def _unknown(place: Place) -> str:
    name = str(place.location[-1])
    for owner in place.owners:
        if name in owner.misplaced:
            return f"there is no such field here: {owner.misplaced[name]}"
    allowed = [field for owner in place.owners for field in fields(owner)]
    near = get_close_matches(name, allowed, n=1)
    meant = f"did you mean {near[0]}?" if near else f"must be one of {listed(allowed)}"
    return f"there is no such field; {meant}"


def _missing(place: Place) -> str:
    infos = (fields(owner).get(str(place.location[-1])) for owner in place.owners)
    described = next((info.description for info in infos if info and info.description), "")
    sentence = " ".join(described.split("\n\n")[0].split())
    return f"this field is missing: {sentence}" if sentence else "this field is missing"


def _wrong_tag(place: Place, context: Mapping[str, object]) -> Explained:
    """Name the field that tells one kind of item from another, such as a database's engine."""
    location = (*place.location, str(context["discriminator"]).strip("'"))
    allowed = _either([tag for model in place.models for tag in tags(model)])
    if "tag" in context:
        return Explained(location, f"must be {allowed}")
    return Explained(location, f"this field is missing; must be {allowed}", key=True)


def _either(options: list[str]) -> str:
    return " or ".join([", ".join(options[:-1]), options[-1]]) if len(options) > 1 else options[0]


_BOUNDS = {
    "literal_error": "must be {expected}",
    "greater_than_equal": "must be {ge} or more",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be {le} or less",
    "less_than": "must be less than {lt}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "too_short": "must have {min_length} or more entries",
    "too_long": "must have {max_length} entries or fewer",
    "string_too_short": "must have {min_length} characters or more",
    "string_too_long": "must have {max_length} characters or fewer",
}

_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a number",
    "bool": "true or false",
    "string": "text",
    "tuple": "a list, as in [one, two]",
    "date": "a day, as in 2027-06-30",
    "dict": "a mapping, as in name: value",
    "mapping": "a mapping, as in name: value",
    "model": "a mapping, as in name: value",
}


def _type(kind: str, found: object) -> str:
    wanted = _TYPES.get(kind.partition("_")[0], "as docs/configuration.md describes it")
    if wanted == "text" and not isinstance(found, (list, dict, type(None))):
        return "text: put it between quotes"
    if isinstance(found, str) and re.fullmatch(r"-?\d+(\.\d+)?|true|false", found):
        return f"{wanted}, without quotes"
    if found is None and wanted.startswith("a list"):
        return "a list, as in [one, two], or [] for none"
    return wanted
