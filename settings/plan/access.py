"""What the access stack holds: the roles, and the stacks and regions that they reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from settings.contract import Output
from settings.models.access import Group, group_role
from settings.plan.mail_stacks import mail_items
from settings.plan.stack import MADE_UP, StackId
from settings.values.areas import Area

if TYPE_CHECKING:
    from settings.models.access import Access, Trail, Trust
    from settings.models.settings import Settings


@dataclass(frozen=True)
class RoleItem:
    """A role and who may assume it."""

    trust: Trust
    role: str
    """The name of the IAM role, which the account knows once."""
    path: tuple[str, ...]
    """Where the file has it."""


@dataclass(frozen=True)
class TrailItem:
    """The account's trail, and what of data it records."""

    declared: Trail
    trail: str
    """Its name."""
    bucket: str
    """The bucket of its files."""
    buckets: tuple[str, ...]
    """The buckets whose objects' reads and writes are recorded: those of the file, and records."""
    received: tuple[str, ...]
    """How the names of buckets begin that hold received mail: CloudFormation makes them up."""
    data_api: bool
    """Whether SQL that comes by the Data API is recorded, which some database takes."""


@dataclass(frozen=True)
class AccessItems:
    """What the access stack holds."""

    access: Access
    roles: Mapping[str, RoleItem]
    records_bucket: str
    machine: str
    """The name of the state machine that executes what was approved."""
    guards: str
    """The name of the state machine that guards what a stopped execution left."""
    executor: str
    """The name of the state machines' role."""
    stacks: tuple[StackId, ...]
    """The stacks that the roles reach: every area in every region of the file."""
    trail: TrailItem | None = None

    def outputs(self) -> Iterator[tuple[Output, str]]:
        """Yield kind and item of every output of the stack."""
        yield Output.RECORDS, ""
        if self.trail:
            yield Output.TRAIL, ""
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
                roles={name: _role(settings, name, trust) for name, trust in access.roles.items()},
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
                trail=_trail(settings, access.trail) if access.trail else None,
            ),
        )


def _role(settings: Settings, name: str, trust: Trust) -> RoleItem:
    path: tuple[str, ...] = ("access", name)
    if isinstance(trust, Group):
        path = ("access", "groups", name.removeprefix(group_role("")))
    return RoleItem(trust, settings.named(f"groundwork-{name}"), path)


def _trail(settings: Settings, declared: Trail) -> TrailItem:
    databases = settings.data.databases.values()
    recorded = (*settings.backup.buckets, settings.records_bucket)
    return TrailItem(
        declared,
        trail=settings.trail,
        bucket=settings.trail_bucket,
        buckets=recorded if declared.data_events else (),
        received=tuple(_received(settings)) if declared.data_events else (),
        data_api=declared.data_events and any(getattr(d, "data_api", False) for d in databases),
    )


def _received(settings: Settings) -> Iterator[str]:
    """Yield the beginning of a name that CloudFormation makes up: its stack's, which it may cut.

    A bucket's name has 63 characters, of which the logical id and a random end take their part.
    <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html>
    """
    for region, _, items in mail_items(settings):
        if items.received:
            stack = StackId(Area.MAIL, region, environment=settings.environment or "")
            yield stack.name.lower()[:MADE_UP]
