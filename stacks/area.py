"""What the stacks of all areas have in common."""

from __future__ import annotations

from aws_cdk import CfnOutput, Environment, Stack, Tags
from constructs import Construct

from groundwork.names import output_name
from settings import Settings


class AreaStack(Stack):
    """One area of the configuration in one region, protected against deletion.

    `part` names a further stack of the same area and region, for items that ask for one. The
    construct's id is the place that accepted risks name; the stack's name has the environment too.
    """

    def __init__(
        self,
        scope: Construct,
        area: str,
        *,
        settings: Settings,
        region: str,
        part: str | None = None,
    ) -> None:
        identifier = "-".join(filter(None, (area, region, part)))
        super().__init__(
            scope,
            identifier,
            stack_name="-".join(filter(None, (settings.environment, identifier))),
            env=Environment(account=settings.account, region=region),
            termination_protection=True,
            description=f"Groundwork: {area} in {region}",
        )
        for key, value in settings.tags.items():
            Tags.of(self).add(key, value)

    def group(self, name: str) -> Construct:
        """Make the scope of one kind of item, named as in the file: `domains`, `databases`.

        Two kinds may have items of one name; a scope of their own keeps their ids apart.
        """
        return Construct(self, name)

    def show(self, *parts: str, value: str, description: str) -> None:
        """Make an output that a person finds by the item's name."""
        CfnOutput(self, output_name(*parts), value=value, description=description)
