"""What `groundwork adopt` does, step by step: look, write, import."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from runbook.adopt import backup, databases, document, mail, networks, risks, senders
from runbook.adopt.account import Account
from runbook.adopt.item import Item, Remark, merged
from runbook.adopt.options import Options, home_of
from runbook.adopt.prepare import change_sets_for
from runbook.adopt.senders import Register
from runbook.base import aws, project
from runbook.base.errors import UserError
from runbook.changes import prepare
from runbook.changes.commands import SAVED
from runbook.changes.context import Context
from runbook.changes.render import terminal
from runbook.changes.review import Review
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
    if options.write:
        write(console, options.file, text, items, options.owner)
    if options.prepare:
        import_all(console, items, options)
    elif options.write:
        console.print("\nNext: read the file, then the same with --prepare")
    elif any(item.declared and not document.declares(text, item.path) for item in items):
        console.print("\nNext: the same with --write, which writes it into the file")


def inventory(regions: Collection[str], register: Register) -> list[Item]:
    """Return what the regions have and no stack owns, in the order of the file.

    IAM has no regions: its users come into the first.
    """
    accounts = [Account(region) for region in regions]
    first = accounts[0]
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
        remaining = zip(item.resources, owners, strict=True)
        others = {owner for owner in owners if owner and not StackId.parse(owner, environment)}
        yield replace(
            item,
            resources=tuple(live for live, owner in remaining if not owner),
            remarks=(*item.remarks, *(_owned("/".join(item.path), stack) for stack in others)),
        )


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
            Text(f"  = {'/'.join(item.path)} is declared; {len(item.resources)} to import")
        )
    remarks = [remark for item in items for remark in item.remarks]
    if remarks:
        console.print(Text("\nTo know", style="bold"))
    for remark in remarks:
        console.print(Text(f"  ! {remark.subject}: {remark.reason}"), soft_wrap=True)
    if not new and not beside:
        console.print("Nothing is left to adopt.")


def write(console: Console, file: Path, text: str, items: Collection[Item], owner: str) -> None:
    """Write the items into the file, with the risks that they need."""
    written = document.with_items(text, items)
    file.write_text(written, encoding="utf-8")
    try:
        parse(written, str(file))
    except ConfigurationError as error:
        raise UserError(
            f"{file} has everything as it was found, and the settings refuse some of it:\n{error}",
            "Change it, in the account or in the file, and run this again.",
        ) from None
    console.print(f"Written: {file}")
    _accept_risks(console, file, owner)


def _accept_risks(console: Console, file: Path, owner: str) -> None:
    with console.status("Synthesizing, for the risks that the checks find"):
        output = file.absolute().parent / ".local" / "assembly"
        try:
            project.synthesize(file, output)
            return
        except UserError:
            findings = risks.found(output)
        if not findings:
            raise UserError(f"{file} cannot be deployed; see: groundwork changes prepare")
        today = prepare.now().date()
        text = document.with_risks(
            file.read_text(encoding="utf-8"), risks.entries(findings, owner, today)
        )
        file.write_text(text, encoding="utf-8")
        project.synthesize(file, output)
    console.print(
        f"Written: {len(findings)} accepted risks, until {today + risks.LASTS}. "
        f"Their owner is {owner}: name the right one, and decide on each."
    )


def import_all(console: Console, items: Collection[Item], options: Options) -> Review:
    """Make the import change sets, and save their review."""
    context = Context.at(options.file, options.state)
    with console.status("Synthesizing the stacks"):
        assembly = project.synthesize(options.file, options.state / "assembly")
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
