"""Importing resources of every type that we deploy and AWS can import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from embedded.gaps._ministack import (
    HANDLERS,
    Created,
    Handler,
    Response,
    complete_change_sets,
    service,
    wrap_action,
)
from embedded.gaps._schemas import schema
from embedded.gaps.gap import Effect, Gap
from embedded.readers import READERS, Properties, Reader
from embedded.readers.inside import here

GAP = Gap(
    aws=(
        "A resource is imported by the identifier of its type, with properties that the type's "
        "schema takes. Whether the resource has these values is not compared: drift detection says "
        "it afterwards."
    ),
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "import-resources-manually.html"
    ),
    ministack="It imports 22 types, five of them ours, with any properties.",
    effect=Effect.CAPABLE,
)

INVALID = "Properties validation failed for resource {name} with message: #: {fault}"
NOT_FOUND = "Resource of type '{type}' with identifier '{identifier}' was not found."


def install() -> None:
    """Look resources up and take them in through their readers."""
    wrap_action("CreateChangeSet", _extending)
    complete_change_sets(_validate)


def _extending(create: Handler) -> Handler:
    """Know every type once the first change set is made: gaps add types after this one."""

    def create_change_set(parameters: dict[str, Any]) -> Response:
        _extend()
        return create(parameters)

    return create_change_set


def _validate(change_set: Properties) -> None:
    """Fail a change set that imports a resource with properties that its schema does not take."""
    faults = [
        INVALID.format(name=change["LogicalResourceId"], fault=fault)
        for change in (item["ResourceChange"] for item in change_set.get("Changes", ()))
        if change["Action"] == "Import"
        for fault in _faults(change_set["_template"]["Resources"][change["LogicalResourceId"]])
    ]
    if faults and change_set["Status"] == "CREATE_COMPLETE":
        change_set.update(
            Status="FAILED", ExecutionStatus="UNAVAILABLE", StatusReason="; ".join(faults)
        )


def _faults(resource: Properties) -> Iterator[str]:
    known: Properties = schema(resource["Type"])
    said: Properties = resource.get("Properties") or {}
    allowed: Properties = known.get("properties") or said
    for name in known.get("required", ()):
        if name not in said:
            yield f"required key [{name}] not found"
    for name in said:
        if name not in allowed:
            yield f"extraneous key [{name}] is not permitted"


def _extend() -> None:
    change_sets: Any = service("cloudformation.changesets")
    for resource_type, reader in READERS.items():
        if resource_type in HANDLERS and resource_type not in change_sets._IMPORT_LOOKUPS:
            change_sets._IMPORT_LOOKUPS[resource_type] = (
                reader.identifier,
                _problem(resource_type, reader),
            )
        if resource_type in HANDLERS:
            HANDLERS[resource_type].setdefault("import", _take_in(reader))


def _problem(resource_type: str, reader: Reader) -> Callable[..., str | None]:
    def problem(*identifier: str) -> str | None:
        if reader.current(here(), identifier) is not None:
            return None
        return NOT_FOUND.format(type=resource_type, identifier="|".join(identifier))

    return problem


def _take_in(reader: Reader) -> Callable[[Properties], Created]:
    def take_in(identifier: Properties) -> Created:
        whole = tuple(str(identifier[name]) for name in reader.identifier)
        return reader.physical_id(whole), reader.attributes(here(), *whole)

    return take_in
