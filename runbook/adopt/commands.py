"""What `groundwork adopt` does, step by step: look, write, import."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from runbook.adopt import (
    backup,
    databases,
    document,
    mail,
    networks,
    passwords,
    risks,
    senders,
)
from runbook.adopt.account import Account
from runbook.adopt.item import Item, Remark, merged
from runbook.adopt.options import Options, home_of
from runbook.adopt.prepare import change_sets_for
from runbook.adopt.senders import Register
from runbook.base import aws, project
from runbook.base.assembly import Assembly
from runbook.base.errors import UserError
from runbook.changes import prepare
from runbook.changes.commands import SAVED
from runbook.changes.context import Context
from runbook.changes.render import terminal
from runbook.changes.review import Review
from runbook.credentials import deliver
from runbook.drift.reviewed import with_drift
from settings import ConfigurationError, parse
from settings.plan import StackId
from settings.values.regions import DEFAULT_REGION


def adopt(options: Options) -> None:
    """Look; then write and import, as far as the options ask for it."""
    console = Console(highlight=False)
    home = home_of(options.file, options.regions[0] if options.regions else DEFAULT_REGION)
    text = options.text or document.new(home.account, home.region)
    regions = [home.region, *(name for name in options.regions if name != home.region)]
    if options.prepare:
        aws.announce(aws.caller(home.region), home.region)
    with console.status(f"Reading account {home.account} in {', '.join(regions)}"):
        register = options.register_in(home.account)
        items = [*free(selected(inventory(regions, register), options.only), home.environment)]
    console.print(f"Account {home.account}, {', '.join(regions)}:")
    show(console, items, text)
    assembly = write(console, options, text, items) if options.write else None
    if options.prepare:
        assembly = assembly or project.synthesize(options.file, options.state / "assembly")
        import_all(console, assembly, items, options)
    elif options.write:
        console.print("\nNext: read the file, then the same with --prepare")
    elif any(item.declared and not document.declares(text, item.path) for item in items):
        console.print("\nNext: the same with --write, which writes it into the file")


def inventory(regions: Collection[str], register: Register) -> list[Item]:
    """Return what the regions have and no stack owns, in the order of the file.

    IAM has no regions: its users come into the first.
    """
    accounts = [Account(region) for region in regions]
    first, names = accounts[0], networks.named(accounts)
    for account in accounts:
        account.networks = names
    found = [
        *mail.account_settings(first),
        *(item for account in accounts for item in mail.items(account)),
        *senders.items(first, register),
        *(item for account in accounts for item in networks.items(account)),
        *(item for account in accounts for item in databases.items(account)),
        *(item for account in accounts for item in backup.items(account)),
    ]
    return [*merged(found)]


def free(items: Collection[Item], environment: str | None) -> Iterator[Item]:
    """Leave out what a stack has already: it is deployed, and cannot be imported again."""
    accounts = {item.region: Account(item.region) for item in items}
    for item in items:
        owners = [accounts[item.region].owner(live) for live in item.resources]
        yield _without(item, owners, environment)


def _without(item: Item, owners: Sequence[str | None], environment: str | None) -> Item:
    """Return the item without the resources that have a stack as their owner."""
    remaining = [live for live, owner in zip(item.resources, owners, strict=True) if not owner]
    if remaining and StackId.parse(owners[0] or "", environment):
        # What an import did not take along has no place in the file; users are items' own.
        remaining = [live for live in remaining if live.type == "AWS::IAM::User"]
    kept = item.remarks if remaining or not owners else ()
    others = {owner for owner in owners if owner and not StackId.parse(owner, environment)}
    owned = (_owned("/".join(item.path), stack) for stack in others)
    return replace(item, resources=tuple(remaining), remarks=(*kept, *owned))


def _owned(place: str, stack: str) -> Remark:
    reason = f"the stack {stack} has resources of it: release them there first, with Retain"
    return Remark(place, reason)


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


def show(console: Console, items: Collection[Item], text: str) -> None:
    """Print what would be written, and what the file cannot say."""
    new = [item for item in items if item.declared and not document.declares(text, item.path)]
    for item in new:
        count = f"{len(item.resources)} resources" if item.resources else "no resource"
        console.print(Text(f"  + {'/'.join(item.path)} ({item.region}), {count} to import"))
    beside = [item for item in items if item not in new and item.resources]
    for item in beside:
        console.print(
            Text(f"  = {'/'.join(item.path)} ({item.region}), {len(item.resources)} to import")
        )
    _show_remarks(console, [remark for item in items for remark in item.remarks])
    if not new and not beside:
        console.print("Nothing is left to adopt.")


def _show_remarks(console: Console, remarks: Collection[Remark]) -> None:
    if remarks:
        console.print(Text("\nTo know", style="bold"))
    for remark in remarks:
        console.print(Text(f"  ! {remark.subject}: {remark.reason}"), soft_wrap=True)


def write(console: Console, options: Options, text: str, items: Collection[Item]) -> Assembly:
    """Write the items into the file, with the risks that they need. Return what it makes."""
    file = options.file
    written = document.with_items(text, items)
    try:
        parse(written, str(file))
    except ConfigurationError as error:
        _save(file, document.with_faults(written, error.faults))
        raise UserError(
            f"{file} has everything as it was found, and the settings refuse some of it:\n{error}",
            "Each line has its fault beside it. Change it, in the account or in the file, or take "
            "the item out of the file; then run this again.",
        ) from None
    _save(file, written)
    console.print(f"Written: {file}")
    return _accept_risks(console, options)


def _accept_risks(console: Console, options: Options) -> Assembly:
    file, output = options.file, options.state / "assembly"
    with console.status("Synthesizing, for the risks that the checks find"):
        try:
            return project.synthesize(file, output)
        except UserError:
            findings = risks.found(output)
        if not findings:
            raise UserError(f"{file} cannot be deployed; see: groundwork changes prepare")
        today = prepare.now().date()
        entries = risks.entries(findings, options.owner, today)
        text = document.with_risks(file.read_text(encoding="utf-8"), entries)
        _save(file, text)
        assembly = project.synthesize(file, output)
    console.print(
        f"Written: {len(findings)} accepted risks, until {today + risks.LASTS}. "
        f"Their owner is {options.owner}: name the right one, and decide on each."
    )
    return assembly


def _save(file: Path, text: str) -> None:
    """Write the team's file in one step: whatever ends this, it is whole, old or new."""
    deliver.write(file, text, file.stat().st_mode & 0o777 if file.exists() else 0o644)


def import_all(
    console: Console, assembly: Assembly, items: Collection[Item], options: Options
) -> Review:
    """Make the import change sets, and save their review."""
    context = Context.at(options.file, options.state)
    if options.keep_password:
        items = [*passwords.kept(items)]
    moment = prepare.now()
    preparation = prepare.Preparation.of(assembly, moment)
    with console.status("Making the import change sets"):
        stacks = change_sets_for(preparation, items)
    made = prepare.review(
        assembly,
        stacks,
        name=preparation.name,
        configuration=options.file.name,
        prepared_by=context.caller.arn,
        now=moment,
    )
    made = with_drift(console, made)
    terminal.present(made, console)
    if not made.changed:
        console.print("Nothing is left to import.")
        return made
    context.records.save_review(made)
    place = context.records.store.place
    console.print(f"\n{SAVED.format(id=made.id, place=place)}", soft_wrap=True)
    console.print(
        f"Next: groundwork changes approve {made.id}, and execute it; nothing is touched by it.\n"
        "Then: groundwork changes prepare, whose review shows what Groundwork would change."
    )
    return made
