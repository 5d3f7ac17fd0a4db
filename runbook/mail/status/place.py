"""One region's mail: what the file asks for there, what was deployed, and AWS's clients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.clients import RegionClients
from runbook.mail import regions
from settings.plan import items_of, plans
from settings.plan.mail import MailItems

if TYPE_CHECKING:
    from datetime import datetime

    from settings import Settings
    from settings.plan import StackPlan


class Resource(NamedTuple):
    """A deployed resource: its name in AWS, and when CloudFormation last changed it."""

    name: str
    changed: datetime


@dataclass(frozen=True)
class Place(RegionClients):
    """A region with its mail stacks, the first of which has all but further senders."""

    region: str
    account: str
    plans: tuple[StackPlan, ...]

    @property
    def items(self) -> MailItems:
        """What the region's first mail stack holds."""
        return self._parts[0]

    @property
    def senders(self) -> dict[str, MailItems]:
        """The items of every mail stack of the region by its name."""
        return {plan.name: items for plan, items in zip(self.plans, self._parts, strict=True)}

    @property
    def _parts(self) -> list[MailItems]:
        return [*items_of(self.plans, MailItems)]

    @cached_property
    def resources(self) -> dict[str, list[Resource]] | None:
        """The deployed resources of the first stack by their type; None where it is not there."""
        pages = self.cloudformation.get_paginator("list_stack_resources").paginate(
            StackName=self.plans[0].name
        )
        found: dict[str, list[Resource]] = {}
        try:
            for page in pages:
                for each in page["StackResourceSummaries"]:
                    made = Resource(
                        each.get("PhysicalResourceId", ""), each["LastUpdatedTimestamp"]
                    )
                    found.setdefault(each["ResourceType"], []).append(made)
        except ClientError as error:
            if "does not exist" not in aws.reason(error):
                raise
            return None
        return found

    def topic(self, name: str) -> str:
        """Return the ARN of a topic of the region."""
        return f"arn:aws:sns:{self.region}:{self.account}:{name}"


def places(settings: Settings) -> Iterator[Place]:
    """Yield each region of the file's mail."""
    for region in regions.of_mail(settings):
        mine = [
            plan
            for plan in plans(settings)
            if plan.region == region and isinstance(plan.items, MailItems)
        ]
        yield Place(region, settings.account, tuple(mine))
