"""By what a resource is known: the path that a review shows, and the tags that policies rely on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pydantic import JsonValue

from runbook.changes.parts import Danger, Finding
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import Template
from settings.contract import DRILL_TAG, STACK_TAG

_NAMED = re.compile(r"(?:principal|resource)tag/([^\\\"}]+)")


def of_labels(before: Reading, after: Reading, stack: str) -> Iterator[Finding]:
    """Yield what is named otherwise: by the path that a review shows, or by a tag of policies."""
    old_places, new_places = before.places(), after.places()
    relied = {STACK_TAG, DRILL_TAG, *_relied(before), *_relied(after)}
    for name, resource in after.resources.items():
        old = before.resources.get(name)
        if old and old_places[name] != new_places[name]:
            text = f"the same resource calls itself {new_places[name]} from now on"
            yield Finding(danger=Danger.UNREADABLE, place=old_places[name], text=text)
        was, becomes = _tags(old), _tags(resource)
        for tag in sorted(tag for tag in {*was, *becomes} if tag.lower() in relied):
            own = old is None and _is_own(tag, becomes.get(tag), stack)
            if not own and was.get(tag) != becomes.get(tag):
                text = f"the tag {tag}, on which policies rely, is {becomes.get(tag, 'gone')}"
                yield Finding(danger=Danger.ESCALATES, place=new_places[name], text=text)


def _is_own(tag: str, value: str | None, stack: str) -> bool:
    """Tell a tag that a new resource has as others of its stack do: each new user its stack's."""
    return value == stack if tag == STACK_TAG else tag != DRILL_TAG


def _relied(version: Reading) -> set[str]:
    """Return the tags that the version's own policies name, by whose values they decide.

    In small letters: IAM takes one spelling for the other.
    <https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction_attribute-based-access-control.html>
    """
    return {*_NAMED.findall(json.dumps(version.resources, default=str).lower())}


def _tags(resource: Template | None) -> dict[str, str]:
    tags = (resource or {}).get("Properties", {}).get("Tags")
    pairs = tags.items() if isinstance(tags, dict) else map(_tag, tags or ())
    return {str(key): str(value) for key, value in pairs}


def _tag(tag: JsonValue) -> tuple[JsonValue, JsonValue]:
    return (tag.get("Key"), tag.get("Value")) if isinstance(tag, dict) else (None, None)
