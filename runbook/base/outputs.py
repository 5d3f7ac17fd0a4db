"""The outputs of the deployed stacks, found by what they are and of which item."""

from __future__ import annotations

from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.errors import UserError
from settings import Settings
from settings.contract import Output, output_key
from settings.plan import StackPlan, plans

Promised = tuple[Output, str]
"""Kind and item of an output, as the plan of a stack promises it."""
NOT_DEPLOYED = "not deployed"
IMPORTED = (
    "not known yet: the stack {stack} was imported into, and the next change adds its outputs"
)


class Outputs:
    """What the deployed stacks say of the items in the file: `outputs[Output.BASTION, "main"]`.

    Only stacks that promise one of the `kinds` are asked, or all without any.
    """

    def __init__(self, settings: Settings, *kinds: Output) -> None:
        self._found: dict[Promised, dict[str, str]] = {}
        self._states: dict[Promised, list[str]] = {}
        for plan in plans(settings):
            promised = [item for item in plan.outputs if not kinds or item[0] in kinds]
            values, state = _deployed(plan) if promised else ({}, "")
            for kind, item in promised:
                if value := values.get(output_key(kind, item)):
                    self._found.setdefault((kind, item), {})[plan.region] = value
                elif state:
                    self._states.setdefault((kind, item), []).append(state)

    def __getitem__(self, promised: Promised) -> str:
        """Return an item's value. Raise `UserError` if it is not deployed."""
        if value := self.get(*promised):
            return value
        kind, item = promised
        known = ", ".join(self.items(kind)) or "nothing of that kind"
        raise UserError(f"{item} is {self.lack(kind, item)}.", f"Deployed: {known}")

    def lack(self, kind: Output, item: str) -> str:
        """Say what an item without a value is: not deployed or not known yet, and why."""
        return "; ".join(self._states.get((kind, item), ())) or NOT_DEPLOYED

    def get(self, kind: Output, item: str) -> str | None:
        """Return an item's value, or None if it is not deployed."""
        return next(iter(self.by_region(kind, item).values()), None)

    def by_region(self, kind: Output, item: str) -> dict[str, str]:
        """Return an item's values in the regions where it is deployed."""
        return self._found.get((kind, item), {})

    def items(self, kind: Output) -> list[str]:
        """Return the items that have an output of a kind, in the order of the plans."""
        return [item for found, item in self._found if found is kind]


def _deployed(plan: StackPlan) -> tuple[dict[str, str], str]:
    """Return a stack's outputs, and its state where it may lack some of them.

    CloudFormation lets an import change no output.
    """
    try:
        described = aws.cloudformation(plan.region).describe_stacks(StackName=plan.name)
    except ClientError as error:
        if "does not exist" not in aws.reason(error):
            raise
        return {}, ""
    stack = described["Stacks"][0]
    values = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}
    if stack["StackStatus"] == "IMPORT_COMPLETE":
        return values, IMPORTED.format(stack=plan.name)
    state = f"{NOT_DEPLOYED}: the stack {plan.name} is {stack['StackStatus']}"
    return values, "" if values else state
