"""Values of templates: where they differ, which of them are secrets, and how people read them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import JsonValue

from runbook.changes.parts import Difference

Template = dict[str, Any]
"""A template or a part of one, such as a resource: anybody may have written it."""

OPEN, CLOSE, COMPUTED = "\ue000", "\ue001", "\ue002"
"""The marks around a reference. `COMPUTED` begins what CloudFormation alone knows the text of."""

_TOKEN = re.compile(f"[{OPEN}{COMPUTED}]([^.{CLOSE}]*)([^{CLOSE}]*){CLOSE}")
_SECRET = re.compile(
    r"(password|passwd|secret|secretstring|secretvalue|secretkey|token|privatekey|accesskey)$"
)
HIDDEN = "(hidden)"


def resources(template: Template) -> dict[str, Template]:
    """Return a template's resources by logical id."""
    return dict(template.get("Resources", {}))


def place(logical_id: str, *versions: Template | None) -> str:
    """Return where a resource stands in the application, below its stack."""
    for resource in versions:
        path = (resource or {}).get("Metadata", {}).get("aws:cdk:path")
        if path:
            return str(path).partition("/")[2].removesuffix("/Resource")
    return logical_id


def places(template: Template) -> dict[str, str]:
    """Return by logical id where each resource of a template stands in the application."""
    return {name: place(name, resource) for name, resource in resources(template).items()}


def differences(before: object, after: object, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Yield the values that differ, each at the path of the deepest thing that has both sides."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from differences(before.get(key), after.get(key), (*path, key))
        return
    yield Difference(path=".".join(path), before=masked(before, path), after=masked(after, path))


def named_differences(
    before: object, after: object, places: Mapping[str, str], path: tuple[str, ...] = ()
) -> Iterator[Difference]:
    """Yield the values that differ, with references as people know them.

    They are named last: a reference to a secret gives nothing away, and is told by its marks.
    """
    for one in differences(before, after, path):
        sides = {"before": named(one.before, places), "after": named(one.after, places)}
        yield Difference(path=named_text(one.path, places), **sides)


def masked(value: object, path: tuple[str, ...]) -> object:
    """Hide what is named like a secret. A reference gives nothing away, nor does an ARN."""
    match value:
        case dict():
            return {key: masked(item, (*path, key)) for key, item in value.items()}
        case list():
            return [masked(item, path) for item in value]
        case str() if any(map(_is_secret, path)) and not _gives_nothing_away(value):
            return HIDDEN
    return value


def _is_secret(key: str) -> bool:
    """Tell by its name: DB_PASSWORD is one, the condition on token.actions.… is none."""
    return bool(_SECRET.search(re.sub(r"[^a-z0-9.:]", "", key.lower())))


def _gives_nothing_away(value: str) -> bool:
    return bool(_TOKEN.fullmatch(value)) or value.startswith("arn:")


def at(value: JsonValue, path: list[str]) -> Iterator[JsonValue]:
    """Yield what stands at a path, through every item of a list on the way."""
    if isinstance(value, list):
        for item in value:
            yield from at(item, path)
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from at(value[path[0]], path[1:])


def bare(text: str) -> str:
    """Take the marks off."""
    return re.sub(f"[{OPEN}{CLOSE}{COMPUTED}]", "", text)


def named(value: object, places: Mapping[str, str]) -> object:
    """Write the references in a value as people know them: by the place of what they refer to."""
    match value:
        case dict():
            return {named_text(key, places): named(item, places) for key, item in value.items()}
        case list():
            return [named(item, places) for item in value]
        case str():
            return named_text(value, places)
    return value


def named_text(text: str, places: Mapping[str, str]) -> str:
    """Write the references in a text as people know them."""
    return _TOKEN.sub(lambda token: places.get(token[1], token[1]) + token[2], text)


def display(value: JsonValue) -> str:
    """Write a value in one line: a list with commas, a mapping as JSON."""
    match value:
        case list():
            return ", ".join(map(display, value))
        case str():
            return value
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
