"""What the stacks say of themselves, for the commands that go on from there."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.errors import UserError
from settings import Settings


class Outputs:
    """The outputs of the deployed stacks, found by how their descriptions begin."""

    def __init__(self, settings: Settings, region: str | None = None) -> None:
        self._found = [
            output
            for place, stack in settings.stacks
            for output in _outputs(place, stack)
            if region in (None, place)
        ]

    def of(self, start: str) -> dict[str, str]:
        """Return the values by the item's name, which the description ends with."""
        return {
            output["Description"].removeprefix(start).partition(":")[0]: output["OutputValue"]
            for output in self._found
            if output.get("Description", "").startswith(start)
        }

    def one(self, start: str, name: str) -> str:
        """Return the value for one item, or say that it is not deployed."""
        found = self.of(start)
        if name not in found:
            known = ", ".join(found) or "nothing of that kind"
            raise UserError(f"{name} is not deployed.", f"Deployed is: {known}")
        return found[name]


def _outputs(region: str, stack: str) -> list[Any]:
    with suppress(ClientError):
        described = aws.cloudformation(region).describe_stacks(StackName=stack)
        return list(described["Stacks"][0].get("Outputs", ()))
    return []
