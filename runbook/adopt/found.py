"""What one look at an account found, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict, JsonValue
from rich.console import Console
from rich.text import Text

from runbook.adopt import document
from runbook.adopt.item import Edit, Item, Remark
from runbook.drift.words import side


@dataclass(frozen=True)
class Found:
    """What is new, what belongs to items that the file has, and what changed in these."""

    account: str
    regions: tuple[str, ...]
    items: tuple[Item, ...]
    edits: tuple[Edit, ...]
    remarks: tuple[Remark, ...]
    text: str
    """The file's."""

    @cached_property
    def new(self) -> list[Item]:
        """The items that the file does not declare."""
        return [
            item
            for item in self.items
            if item.declared and not document.declares(self.text, item.path)
        ]

    @property
    def beside(self) -> list[Item]:
        """What only has resources to import: the file declares it, or it has no item at all."""
        return [item for item in self.items if item.resources and item not in self.new]


def show(console: Console, found: Found) -> None:
    """Print what would be written, and what the file cannot say."""
    console.print(f"Account {found.account}, {', '.join(found.regions)}:")
    for text in _lines(found):
        console.print(Text(text), soft_wrap=True)
    if found.remarks:
        console.print(Text("\nTo know", style="bold"))
    for remark in found.remarks:
        console.print(Text(f"  ! {remark.subject}: {remark.reason}"), soft_wrap=True)
    if not found.new and not found.beside and not found.edits:
        console.print("Nothing is left to adopt.")


def _lines(found: Found) -> Iterator[str]:
    for sign, items in (("+", found.new), ("=", found.beside)):
        for item in items:
            number = len(item.resources)
            count = f"{number or 'no'} resource{'s' if number > 1 else ''}"
            yield f"  {sign} {'/'.join(item.path)} ({item.region}), {count} to import"
    for edit in found.edits:
        change = f"{edit.field}: {side(edit.was)} → {side(edit.now)}"
        yield f"  ~ {'/'.join(edit.path)}, {change}"


class Resource(BaseModel):
    """One resource that would be imported."""

    model_config = ConfigDict(frozen=True)

    type: str
    identifier: str


class Place(BaseModel):
    """One item, with what would be imported."""

    model_config = ConfigDict(frozen=True)

    place: str
    region: str
    new: bool
    """Whether the file does not declare it."""
    resources: tuple[Resource, ...]


class Difference(BaseModel):
    """One field that was changed outside CloudFormation."""

    model_config = ConfigDict(frozen=True)

    place: str
    field: str
    was: JsonValue
    now: JsonValue


class Known(BaseModel):
    """Something that somebody has to know."""

    model_config = ConfigDict(frozen=True)

    subject: str
    reason: str


class Report(BaseModel):
    """All of it, as `--json` prints it."""

    model_config = ConfigDict(frozen=True)

    account: str
    regions: tuple[str, ...]
    items: tuple[Place, ...]
    changes: tuple[Difference, ...]
    remarks: tuple[Known, ...]


def report(found: Found) -> Report:
    """Return what was found, for programs."""
    return Report(
        account=found.account,
        regions=found.regions,
        items=(*_places(found.new, new=True), *_places(found.beside, new=False)),
        changes=tuple(
            Difference(place="/".join(edit.path), field=edit.field, was=edit.was, now=edit.now)
            for edit in found.edits
        ),
        remarks=tuple(Known(subject=one.subject, reason=one.reason) for one in found.remarks),
    )


def _places(items: Sequence[Item], *, new: bool) -> Iterator[Place]:
    for item in items:
        resources = (
            Resource(type=live.type, identifier=live.identifier) for live in item.resources
        )
        yield Place(
            place="/".join(item.path), region=item.region, new=new, resources=tuple(resources)
        )
