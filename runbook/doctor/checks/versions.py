"""Which version of Groundwork last changed each stack: an older one would take back what it added.

A template says which version made it, see `settings.contract.VERSION_KEY`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from runbook.doctor.answer import Answer, wrong
from runbook.doctor.place import Place
from settings.contract import VERSION, VERSION_KEY


def look(place: Place) -> Iterator[Answer]:
    """Say of each version which stacks it deployed."""
    found: dict[str, list[str]] = defaultdict(list)
    for plan in place.plans:
        if place.stacks.get(plan.name, "REVIEW_IN_PROGRESS") != "REVIEW_IN_PROGRESS":
            found[_version(place, plan.name)].append(plan.name)
    for version, stacks in found.items():
        yield _compared(version, ", ".join(stacks))


def _version(place: Place, stack: str) -> str:
    """Return the version in the metadata of a stack's template, or nothing where it has none."""
    body: object = place.cloudformation.get_template(StackName=stack)["TemplateBody"]
    if isinstance(body, str):  # boto3 parses JSON itself; the CDK writes nothing else.
        return ""
    metadata = body.get("Metadata") if isinstance(body, dict) else None
    return str(metadata.get(VERSION_KEY, "")) if isinstance(metadata, dict) else ""


def _compared(version: str, stacks: str) -> Answer:
    if not version:
        return Answer(f"{stacks}: deployed by a version that did not say which it was")
    if _numbers(version) > _numbers(VERSION):
        text = f"{stacks}: deployed by Groundwork {version}; this is {VERSION}"
        return wrong(text, f"Take version {version} or newer: this one would undo what it added.")
    return Answer(f"{stacks}: deployed by Groundwork {version}")


def _numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers: `0.10` is newer than `0.9`."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
