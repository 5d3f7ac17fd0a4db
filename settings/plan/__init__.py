"""The plans of all stacks: what the file declares, resolved once, for stacks and runbook alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from settings.contract import Output
from settings.plan.access import AccessItems, access_items
from settings.plan.backup import BackupItems, backup_items
from settings.plan.data import DataItems, data_items
from settings.plan.mail import MailItems
from settings.plan.mail_stacks import mail_items
from settings.plan.services import ServiceItems, service_items
from settings.plan.stack import StackId
from settings.values.areas import Area

if TYPE_CHECKING:
    from pydantic import JsonValue

    from settings.models.base import Model
    from settings.models.settings import Settings

__all__ = ["Area", "Items", "StackId", "StackPlan", "items_of", "plans"]

Items = MailItems | DataItems | BackupItems | ServiceItems | AccessItems
AreaItems = TypeVar("AreaItems", bound=Items)

PLANNERS: Mapping[Area, Callable[[Settings], Iterator[tuple[str, str, Items]]]] = {
    Area.MAIL: mail_items,
    Area.DATA: data_items,
    Area.BACKUP: backup_items,
    Area.SERVICES: service_items,
    Area.ACCESS: access_items,
}
"""How each area is divided into stacks: region, part and items of each."""


@dataclass(frozen=True)
class StackPlan:
    """One stack: which it is, and everything that it holds, resolved."""

    id: StackId
    account: str
    tags: Mapping[str, str]
    items: Items
    declared: Mapping[str, JsonValue]
    """What the file says of the items, in its own words and below the area's name."""

    @property
    def name(self) -> str:
        """The stack's name in CloudFormation."""
        return self.id.name

    @property
    def region(self) -> str:
        """The stack's region."""
        return self.id.region

    @property
    def after(self) -> tuple[StackId, ...]:
        """The stacks that come before: a further mail stack names topics and sets of the first."""
        first = replace(self.id, part="")
        return (first,) if self.id.area is Area.MAIL and self.id.part else ()

    @property
    def outputs(self) -> tuple[tuple[Output, str], ...]:
        """Kind and item of every output."""
        return tuple(self.items.outputs())


def plans(settings: Settings) -> tuple[StackPlan, ...]:
    """Return the plan of every stack that the file asks for, those that others need first."""
    return tuple(
        StackPlan(
            StackId(area, region, part, settings.environment or ""),
            settings.account,
            settings.tags,
            items,
            _declared(_said(settings, area), part, items),
        )
        for area in Area
        for region, part, items in PLANNERS[area](settings)
    )


def items_of(planned: Iterable[StackPlan], area: type[AreaItems]) -> Iterator[AreaItems]:
    """Yield what each stack of an area holds: `items_of(plans(settings), MailItems)`."""
    for plan in planned:
        if isinstance(plan.items, area):
            yield plan.items


def _said(settings: Settings, area: Area) -> Mapping[str, JsonValue]:
    """Return what the file says of an area. One that has items of one kind alone is that kind."""
    if area is Area.SERVICES:
        return _dump(settings, {area})
    return _dump(getattr(settings, area))


def _dump(model: Model, only: set[str] | None = None) -> Mapping[str, JsonValue]:
    return model.model_dump(mode="json", by_alias=True, exclude_unset=True, include=only)


def _declared(area: Mapping[str, JsonValue], part: str, items: Items) -> dict[str, JsonValue]:
    """Return what the file says of a stack's items, and in the first stack of the area itself."""
    found: dict[str, JsonValue] = {}
    for name, said in area.items():
        held = getattr(items, name, None)
        if isinstance(held, Mapping) and isinstance(said, dict):
            found[name] = {item: said[item] for item in held}
        elif not part:
            found[name] = said
    return {name: said for name, said in found.items() if said}
