"""Everything that an account has, as items of the file, and whose it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from runbook.adopt import (
    backup,
    configuration_sets,
    databases,
    mail,
    names,
    networks,
    receiving,
    senders,
    tenants,
    unexpressed,
)
from runbook.adopt.account import Account
from runbook.adopt.item import Item, Remark, merged
from runbook.adopt.senders import Register
from runbook.base.errors import UserError
from settings.plan import StackId

USER = "AWS::IAM::User"
MAIL = (mail, configuration_sets, receiving)
"""What a region has for mail, kind by kind."""
OTHERS = (networks, databases, backup)


def inventory(accounts: Sequence[Account], register: Register) -> list[Item]:
    """Return what the regions have, in the order of the file.

    IAM has no regions: its users come into the first.
    """
    first, labels = accounts[0], networks.named(accounts)
    for account in accounts:
        account.networks = labels
    who_sends = [*senders.items(first, register)]
    found = [
        *mail.account_settings(accounts),
        *(item for part in MAIL for account in accounts for item in part.items(account)),
        *(item for account in accounts for item in tenants.items(account, who_sends)),
        *who_sends,
        *(item for part in OTHERS for account in accounts for item in part.items(account)),
    ]
    said = [*map(_named, merged(found))]
    placed = [receiving.placed(i, said) if i.path == receiving.RECEIVING else i for i in said]
    return [*placed, *unexpressed.items(accounts, placed)]


def _named(item: Item) -> Item:
    """Leave out what the file has no name for: AWS changes no names, and nobody could go on."""
    if item.declared is None or not item.path[1:]:
        return item
    why = names.refused(item.path)
    reason = f"{why}: it stays as it is"
    return Item(item.path, item.region, remarks=(Remark(item.subject, reason),)) if why else item


def free(items: Collection[Item], environment: str | None) -> Iterator[Item]:
    """Leave out what a stack has already: it is deployed, and cannot be imported again."""
    accounts = {region: Account(region) for item in items for region in item.regions}
    for item in items:
        owners = [accounts[live.region or item.region].owner(live) for live in item.resources]
        yield _without(item, owners, environment)


def _without(item: Item, owners: Sequence[str | None], environment: str | None) -> Item:
    """Return the item without the resources that have a stack as their owner.

    Nothing is left of one that has another's: what that stack made, ours could not make again.
    """
    remaining = [live for live, owner in zip(item.resources, owners, strict=True) if not owner]
    # What an import did not take along has no place in the file; users are items' own.
    done = _imported(item, owners, environment)
    remaining = [live for live in remaining if live.region not in done or live.type == USER]
    kept = item.remarks if remaining or not owners else ()
    others = {owner for owner in owners if owner and not StackId.parse(owner, environment)}
    if others:
        owned = tuple(_owned(item.subject, stack) for stack in sorted(others))
        return replace(item, declared=None, resources=(), remarks=owned)
    return replace(item, resources=tuple(remaining), remarks=kept)


def _imported(item: Item, owners: Sequence[str | None], environment: str | None) -> set[str]:
    """Return the regions in which our stack has an item: its first resource there is the item."""
    first: dict[str, str | None] = {}
    for live, owner in zip(item.resources, owners, strict=True):
        first.setdefault(live.region, owner)
    return {region for region, owner in first.items() if StackId.parse(owner or "", environment)}


def _owned(subject: str, stack: str) -> Remark:
    reason = f"refused, as the stack {stack} has it: release it there first, with Retain"
    return Remark(subject, reason)


def selected(
    items: Collection[Item], only: Collection[str], without: Collection[str] = ()
) -> list[Item]:
    """Narrow the items to those that are chosen; refuse a place at which there is nothing."""
    places = ["/".join(item.path) for item in items]
    chosen = [
        item for item, place in zip(items, places, strict=True) if is_chosen(place, only, without)
    ]
    asked = (*(only if not chosen else ()), *without)
    empty = [one for one in asked if not any(_is_below(place, [one]) for place in places)]
    if empty:
        raise UserError(
            f"The account has nothing below {', '.join(empty)}.",
            "Places look like this: mail/domains, data/databases/analysis",
        )
    return chosen


def is_chosen(place: str, only: Collection[str], without: Collection[str]) -> bool:
    """Tell whether a place, as mail/domains/example.org, is below `only`, and not `without`."""
    return (not only or _is_below(place, only)) and not _is_below(place, without)


def _is_below(place: str, places: Collection[str]) -> bool:
    return any(f"{place}/".startswith(f"{one.rstrip('/')}/") for one in places)
