"""Everything that an account has, as items of the file, and whose it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from runbook.adopt import (
    backup,
    configuration_sets,
    databases,
    mail,
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
    first, names = accounts[0], networks.named(accounts)
    for account in accounts:
        account.networks = names
    who_sends = [*senders.items(first, register)]
    found = [
        *mail.account_settings(accounts),
        *(item for part in MAIL for account in accounts for item in part.items(account)),
        *(item for account in accounts for item in tenants.items(account, who_sends)),
        *who_sends,
        *(item for part in OTHERS for account in accounts for item in part.items(account)),
    ]
    return [*merged(found), *unexpressed.items(accounts, found)]


def free(items: Collection[Item], environment: str | None) -> Iterator[Item]:
    """Leave out what a stack has already: it is deployed, and cannot be imported again."""
    accounts = {item.region: Account(item.region) for item in items}
    for item in items:
        owners = [accounts[item.region].owner(live) for live in item.resources]
        yield _without(item, owners, environment)


def _without(item: Item, owners: Sequence[str | None], environment: str | None) -> Item:
    """Return the item without the resources that have a stack as their owner.

    Nothing is left of one that has another's: what that stack made, ours could not make again.
    """
    remaining = [live for live, owner in zip(item.resources, owners, strict=True) if not owner]
    if remaining and StackId.parse(owners[0] or "", environment):
        # What an import did not take along has no place in the file; users are items' own.
        remaining = [live for live in remaining if live.type == USER]
    kept = item.remarks if remaining or not owners else ()
    others = {owner for owner in owners if owner and not StackId.parse(owner, environment)}
    if others:
        owned = tuple(_owned(item.subject, stack) for stack in sorted(others))
        return replace(item, declared=None, resources=(), remarks=owned)
    return replace(item, resources=tuple(remaining), remarks=kept)


def _owned(subject: str, stack: str) -> Remark:
    reason = f"refused, as the stack {stack} has it: release it there first, with Retain"
    return Remark(subject, reason)


def selected(items: Collection[Item], only: Collection[str]) -> list[Item]:
    """Narrow the items to those below the named places, as in mail/domains."""
    chosen = [
        item
        for item in items
        if not only
        or any(f"{'/'.join(item.path)}/".startswith(f"{place.rstrip('/')}/") for place in only)
    ]
    if only and not chosen:
        raise UserError(
            f"The account has nothing below {', '.join(only)}.",
            "Places look like this: mail/domains, data/databases/analysis",
        )
    return chosen
