"""What a change of a property means for its resource."""

from __future__ import annotations

from functools import cache

from embedded.gaps._ministack import provisioners, stacks
from embedded.gaps._schemas import schema
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A change set says which changes replace a resource: the resource type's schema lists "
        "the properties."
    ),
    page=(
        "https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html"
    ),
    ministack="It calls a change of most types possibly a replacement, whatever changes.",
    effect=Effect.CAPABLE,
)


KEYS = {
    "createOnlyProperties": "Always",
    "conditionalCreateOnlyProperties": "Conditionally",
}


def install() -> None:
    """Answer from the schema where ministack has no list of its own."""
    known = stacks._property_recreation

    def recreation(resource_type: str, name: str) -> str:
        if resource_type in provisioners._REPLACING_PROPERTIES:
            return str(known(resource_type, name))
        return of_schema(resource_type).get(name, "Never")

    stacks._property_recreation = recreation


@cache
def of_schema(resource_type: str) -> dict[str, str]:
    """Return what a change of a property means, for the properties that replace the resource."""
    found = schema(resource_type)
    return {
        path.split("/")[2]: answer for key, answer in KEYS.items() for path in found.get(key, ())
    }
