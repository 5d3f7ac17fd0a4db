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
)
from runbook.adopt.account import Account
from runbook.adopt.arns import named
from runbook.adopt.item import Item, Remark, merged
from runbook.adopt.senders import Register
from runbook.base.errors import UserError
from settings.plan import StackId

GROUP, USER = "AWS::IAM::Group", "AWS::IAM::User"
MAIL = (mail, configuration_sets, receiving)
"""What a region has for mail, kind by kind."""


def inventory(accounts: Sequence[Account], register: Register) -> list[Item]:
    """Return what the regions have, in the order of the file.

    IAM has no regions: its users come into the first.
    """
    first, names = accounts[0], networks.named(accounts)
    for account in accounts:
        account.networks = names
    who_sends = [*senders.items(first, register)]
    found = [
        *mail.account_settings(first),
        *(item for part in MAIL for account in accounts for item in part.items(account)),
        *(item for account in accounts for item in tenants.items(account, who_sends)),
        *who_sends,
        *(item for account in accounts for item in networks.items(account)),
        *(item for account in accounts for item in databases.items(account)),
        *(item for account in accounts for item in backup.items(account)),
    ]
    return [*merged(found), *_others(first, found), *_groups(first)]


def _others(account: Account, found: Collection[Item]) -> Iterator[Item]:
    """Name the users that no item of the file can be, and no stack has."""
    known = {live.identifier for item in found for live in item.resources if live.type == USER}
    known |= {item.path[-1] for item in found if item.path[:2] == ("mail", "senders")}
    told = [remark.subject for item in found for remark in item.remarks]
    for user in account.each(USER):
        name = user.identifier
        if name in known or account.owner(user) or any(t.startswith(f"user {name} ") for t in told):
            continue
        reason = "it neither sends mail nor fills a bucket: the file has no item for it"
        remark = Remark(f"user {named(account, user)}", reason)
        yield Item(("backup", "users", name), account.region, remarks=(remark,))


def _groups(account: Account) -> Iterator[Item]:
    """Name the groups of users that no stack has: what they allow, they go on allowing."""
    for group in account.each(GROUP):
        if not account.owner(group):
            reason = "it stays, with its policies and members: the file has no item for a group"
            remark = Remark(f"group {named(account, group)}", reason)
            path = ("backup", "groups", group.identifier)
            yield Item(path, account.region, remarks=(remark,))


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
