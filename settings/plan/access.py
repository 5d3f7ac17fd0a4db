"""What the access stack holds: the roles, and the stacks and regions that they reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from settings.contract import Output
from settings.plan.stack import StackId
from settings.values.areas import Area

if TYPE_CHECKING:
    from settings.models.access import Access, RoleName, Trust
    from settings.models.settings import Settings


@dataclass(frozen=True)
class RoleItem:
    """A role and who may assume it."""

    trust: Trust
    role: str
    """The name of the IAM role, which the account knows once."""


@dataclass(frozen=True)
class AccessItems:
    """What the access stack holds."""

    access: Access
    roles: Mapping[RoleName, RoleItem]
    records_bucket: str
    machine: str
    """The name of the state machine that executes what was approved."""
    guards: str
    """The name of the state machine that guards what a stopped execution left."""
    executor: str
    """The name of the state machines' role."""
    stacks: tuple[StackId, ...]
    """The stacks that the roles reach: every area in every region of the file."""

    def outputs(self) -> Iterator[tuple[Output, str]]:
        """Yield kind and item of every output of the stack."""
        yield Output.RECORDS, ""
        for name in self.roles:
            yield Output.ROLE, name


def access_items(settings: Settings) -> Iterator[tuple[str, str, AccessItems]]:
    """Yield the file's region and the items of the access stack, if there is one."""
    if access := settings.access:
        environment = settings.environment or ""
        areas = (area for area in Area if area is not Area.ACCESS)
        yield (
            settings.region,
            "",
            AccessItems(
                access=access,
                roles={
                    name: RoleItem(trust, settings.named(f"groundwork-{name}"))
                    for name, trust in access.roles.items()
                },
                records_bucket=settings.records_bucket,
                machine=settings.state_machine,
                guards=settings.guarding_machine,
                executor=settings.named("groundwork-executor"),
                stacks=(
                    StackId(Area.ACCESS, settings.region, environment=environment),
                    *(
                        StackId(area, region, environment=environment)
                        for area in areas
                        for region in settings.regions
                    ),
                ),
            ),
        )
