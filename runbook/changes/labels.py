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
_OURS = (STACK_TAG, DRILL_TAG)


def of_labels(before: Reading, after: Reading, stack: str) -> Iterator[Finding]:
    """Yield what is named otherwise: by the path that a review shows, or by a tag of policies.

    What is new may have such a tag as others of its type have it, and each user its stack's.
    """
    old_places, new_places = before.places(), after.places()
    relied = {*_OURS, *_relied(before), *_relied(after)}
    usual = {("AWS::IAM::User", STACK_TAG, stack), *_usual(before)}
    for name, resource in after.resources.items():
        old = before.resources.get(name)
        if old and old_places[name] != new_places[name]:
            text = f"the same resource calls itself {new_places[name]} from now on"
            yield Finding(danger=Danger.UNREADABLE, place=old_places[name], text=text)
        was, becomes = _tags(old), _tags(resource)
        for tag in sorted(tag for tag in {*was, *becomes} if tag.lower() in relied):
            usually = old is None and (resource["Type"], tag, becomes[tag]) in usual
            if not usually and was.get(tag) != becomes.get(tag):
                text = f"the tag {tag}, on which policies rely, is {becomes.get(tag, 'gone')}"
                yield Finding(danger=Danger.ESCALATES, place=new_places[name], text=text)


def _relied(version: Reading) -> set[str]:
    """Return the tags that the version's own policies name, by whose values they decide.

    In small letters: IAM takes one spelling for the other.
    <https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction_attribute-based-access-control.html>
    """
    return {*_NAMED.findall(json.dumps(version.resources, default=str).lower())}


def _usual(version: Reading) -> Iterator[tuple[str, str, str]]:
    """Yield the tags that resources have, by type; but those by which our own policies decide."""
    for resource in version.resources.values():
        for tag, value in _tags(resource).items():
            if tag not in _OURS:
                yield resource["Type"], tag, value


def _tags(resource: Template | None) -> dict[str, str]:
    tags = (resource or {}).get("Properties", {}).get("Tags")
    pairs = tags.items() if isinstance(tags, dict) else map(_tag, tags or ())
    return {str(key): str(value) for key, value in pairs}


def _tag(tag: JsonValue) -> tuple[JsonValue, JsonValue]:
    return (tag.get("Key"), tag.get("Value")) if isinstance(tag, dict) else (None, None)
