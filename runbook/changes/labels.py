"""By what a resource is known: the path that a review shows, and the tags that policies rely on."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from runbook.changes.review import Danger, Finding
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import Template
from settings.contract import DRILL_TAG, STACK_TAG


def of_labels(before: Reading, after: Reading, stack: str) -> Iterator[Finding]:
    """Yield what is named otherwise: by the path that a review shows, or by a tag of policies."""
    old_places, new_places = before.places(), after.places()
    for name, resource in after.resources.items():
        old = before.resources.get(name)
        if old and old_places[name] != new_places[name]:
            text = f"the same resource calls itself {new_places[name]} from now on"
            yield Finding(danger=Danger.UNREADABLE, place=old_places[name], text=text)
        was, becomes = _tags(old), _tags(resource)
        for tag in sorted({*was, *becomes}):
            own = old is None and (tag, becomes.get(tag)) == (STACK_TAG, stack)  # as each new user
            if not own and was.get(tag) != becomes.get(tag):
                text = f"the tag {tag}, on which policies rely, is {becomes.get(tag, 'gone')}"
                yield Finding(danger=Danger.ESCALATES, place=new_places[name], text=text)


def _tags(resource: Template | None) -> dict[str, str]:
    """Return the tags that policies rely on."""
    tags = (resource or {}).get("Properties", {}).get("Tags")
    pairs = tags.items() if isinstance(tags, dict) else map(_tag, tags or ())
    return {str(key): str(value) for key, value in pairs if key in (STACK_TAG, DRILL_TAG)}


def _tag(tag: JsonValue) -> tuple[JsonValue, JsonValue]:
    return (tag.get("Key"), tag.get("Value")) if isinstance(tag, dict) else (None, None)
