"""What the stacks of all areas have in common."""

from __future__ import annotations

from aws_cdk import CfnOutput, Environment, Stack, Tags
from constructs import Construct

from settings.contract import ITEMS, VERSION, VERSION_KEY, Output, output_key, stack_description
from settings.plan import StackPlan


class AreaStack(Stack):
    """The stack of a plan, protected against deletion.

    Its template carries what the file declares of its items, so that a review can show a change in
    the file's own words, and the version of Groundwork that made it.
    """

    def __init__(self, scope: Construct, plan: StackPlan) -> None:
        super().__init__(
            scope,
            plan.id.construct_id,
            stack_name=plan.name,
            env=Environment(account=plan.account, region=plan.region),
            termination_protection=True,
            description=stack_description(plan.id.area, plan.region),
        )
        for key, value in plan.tags.items():
            Tags.of(self).add(key, value)
        self.add_metadata(ITEMS, plan.declared)
        self.add_metadata(VERSION_KEY, VERSION)

    def group(self, name: str) -> Construct:
        """Make the scope of one kind of item, named as in the file: `domains`, `databases`.

        Two kinds may have items of one name; a scope of their own keeps their ids apart.
        """
        return Construct(self, name)

    def output(self, kind: Output, item: str, value: str, description: str) -> None:
        """Make an output of an item. The runbook finds it by kind and item."""
        CfnOutput(self, output_key(kind, item), value=value, description=description)
