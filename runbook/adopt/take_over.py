"""Taking into the file what was changed outside CloudFormation: the second way out of drift."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from runbook.adopt import document
from runbook.adopt.item import Edit, Item, Remark, defaults_of
from runbook.drift.change import Change
from settings.models.backup import Bucket
from settings.models.base import Model
from settings.models.databases import Aurora, PostgreSql
from settings.models.identities import Address, Domain
from settings.models.mail import ConfigurationSet, Mail
from settings.models.networks import Network, SecurityGroup
from settings.models.tenants import Tenant

MODELS: Mapping[tuple[str, ...], type[Model]] = {
    ("mail",): Mail,
    ("mail", "addresses"): Address,
    ("mail", "configuration_sets"): ConfigurationSet,
    ("mail", "domains"): Domain,
    ("mail", "tenants"): Tenant,
    ("data", "networks"): Network,
    ("data", "security_groups"): SecurityGroup,
    ("backup", "buckets"): Bucket,
}
"""By an item's place. Senders are not among them: who may do what is never taken over."""
ACCOUNT = "mail/account"
"""Where a review has what the file says of the account, at the top of `mail`."""
ACCESS = ("users",)
"""Fields that say who may do what."""


def edits(text: str, now: Collection[Item], was: Collection[Item]) -> Iterator[Edit]:
    """Yield each field in which the account differs from what was deployed."""
    deployed = {item.path: item.declared for item in was}
    for item in now:
        model, before = _model(item), deployed.get(item.path)
        if model and before is not None and document.declares(text, item.path):
            yield from _of(item, before, defaults_of(model))


def _model(item: Item) -> type[Model] | None:
    if item.declared is None:
        return None
    if item.path[:2] == ("data", "databases"):
        return PostgreSql if item.declared["engine"] == "postgresql" else Aurora
    return MODELS.get(item.path[:2])


def _of(item: Item, before: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[Edit]:
    after = item.declared or {}
    for name in {**before, **after}:
        was, now = (side.get(name, defaults[name]) for side in (before, after))
        if was != now and name not in ACCESS:
            yield Edit(item.path, name, was, now)


def left(changes: Collection[Change], edited: Collection[Edit]) -> Iterator[Remark]:
    """Name each change of an item of which nothing can be taken into the file."""
    places = {"/".join(edit.path) if edit.path[1:] else ACCOUNT for edit in edited}
    for change in changes:
        if not any(f"{change.item}/".startswith(f"{place}/") for place in places):
            reason = "changed outside CloudFormation, and the file cannot say it"
            yield Remark(f"{change.item}: {change.what}", f"{reason}: groundwork drift --revert")
