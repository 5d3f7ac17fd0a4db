"""What `groundwork adopt` does, step by step: look, write, import."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from rich.console import Console
from rich.text import Text

from runbook.adopt import document, passwords, receiving, take_over
from runbook.adopt.account import Account
from runbook.adopt.arns import named
from runbook.adopt.as_deployed import AsDeployed
from runbook.adopt.databases import UNKNOWN_LOGIN
from runbook.adopt.found import Found, report, show
from runbook.adopt.inventory import free, inventory, is_chosen, selected
from runbook.adopt.item import Edit, Item, Live, Remark
from runbook.adopt.mail import sandboxed
from runbook.adopt.options import Home, Options, home_of
from runbook.adopt.prepare import change_sets_for, concerned, left
from runbook.adopt.writing import write
from runbook.base import aws, project
from runbook.base.assembly import Assembly
from runbook.base.errors import UserError
from runbook.base.options import naming
from runbook.changes import prepare
from runbook.changes.commands import SAVED
from runbook.changes.context import Context
from runbook.changes.locks import preparing
from runbook.changes.render import terminal
from runbook.changes.review import Review
from runbook.drift import deployed, detection, look
from runbook.drift.reviewed import with_drift
from settings.values.regions import DEFAULT_REGION


def adopt(options: Options) -> None:
    """Look; then write and import, as far as the options ask for it."""
    console = Console(emoji=False, highlight=False, stderr=options.as_json)
    home = home_of(options.file, options.regions[0] if options.regions else DEFAULT_REGION)
    if options.prepare:
        aws.announce(aws.caller(home.region), home.region)
    found = _look(console, options, home)
    if options.as_json:
        print(report(found).model_dump_json(indent=2))
    else:
        show(console, found)
    assembly = None
    if options.write:
        assembly = write(console, options, found.text, found.items, found.edits)
    if options.prepare:
        assembly = assembly or project.synthesize(options.file, options.state / "assembly")
        import_all(console, assembly, found.items, options)
    elif not options.as_json:
        _say_next(console, options, found)


def _look(console: Console, options: Options, home: Home) -> Found:
    text = options.text or document.new(home.account, home.region)
    regions = tuple(dict.fromkeys((home.region, *home.regions, *options.regions)))
    register = options.register_in(home.account)
    edits: list[Edit] = []
    remarks: list[Remark] = []
    with console.status(f"Reading account {home.account} in {', '.join(regions)}"):
        accounts = [Account(region, home.account, home.tags) for region in regions]
        everything = inventory(accounts, register)
        found = [*free(selected(everything, options.only, options.without), home.environment)]
        items = [receiving.without_bucket(item, found) for item in found]
        if not document.declares(text, ("mail", "production_access")):
            remarks += [remark for account in accounts for remark in sandboxed(account, items)]
        if options.only and home.stacks:
            edits, unsaid = _changed(options, home, regions, text, everything)
            remarks += unsaid
    remarks += [remark for item in items for remark in item.remarks]
    if options.keep_password:
        remarks = [remark for remark in remarks if remark.reason != UNKNOWN_LOGIN]
    return Found(
        account=home.account,
        regions=regions,
        items=tuple(items),
        edits=tuple(edits),
        remarks=tuple(remarks),
        text=text,
    )


def _changed(
    options: Options, home: Home, regions: Collection[str], text: str, now: Collection[Item]
) -> tuple[list[Edit], list[Remark]]:
    """Return what was changed in the chosen items, and of that what the file cannot say."""
    areas = {place.partition("/")[0] for place in options.only}
    stacks = deployed.stacks((s.region, s.name) for s in home.stacks if s.area in areas)
    try:
        here = [
            AsDeployed(region, home.account, home.tags, [s for s in stacks if s.region == region])
            for region in regions
        ]
        was = inventory(here, options.register_in(home.account))
    except detection.IncompleteError as error:
        raise UserError(f"Nobody knows what was changed: {error}") from None
    edits = [*take_over.edits(text, selected(now, options.only, options.without), was)]
    drift = look.at(stacks)
    chosen = [
        change for change in drift.changes if is_chosen(change.item, options.only, options.without)
    ]
    return edits, [*take_over.left(chosen, edits)]


def _say_next(console: Console, options: Options, found: Found) -> None:
    if options.write and found.edits and not found.new and not found.beside:
        following = f"groundwork changes prepare{naming(options.file)}"
        console.print(f"\nNext: read the file, then: {following}", markup=False, soft_wrap=True)
    elif options.write:
        console.print("\nNext: read the file, then the same with --prepare")
    elif found.new or found.edits:
        console.print("\nNext: the same with --write, which writes it into the file")


def import_all(
    console: Console, assembly: Assembly, items: Collection[Item], options: Options
) -> Review:
    """Make the import change sets, and save their review.

    Where somebody else has a review of one of the stacks open, that is refused, or with `replace`
    discarded first.
    """
    context = Context.at(options.file, options.state)
    stacks = concerned(assembly, items)
    with preparing(context, stacks, replace=options.replace) as save:
        if options.keep_password:
            items = [*passwords.kept(items)]
        made = _imported(console, context, assembly, items, options.file.name)
        if made.changed:
            save(made)
    if not made.changed:
        console.print("Nothing is left to import.")
        return made
    place = context.records.store.place
    console.print(f"\n{SAVED.format(id=made.id, place=place)}", soft_wrap=True)
    chosen = naming(options.file)
    console.print(
        f"Next: groundwork changes approve {made.id}{chosen}, and execute it; nothing is touched "
        f"by it.\nThen: groundwork changes prepare{chosen}, whose review shows what Groundwork "
        "would change.",
        markup=False,
        soft_wrap=True,
    )
    return made


def _imported(
    console: Console, context: Context, assembly: Assembly, items: Collection[Item], file: str
) -> Review:
    moment = prepare.now()
    preparation = prepare.Preparation.of(assembly, moment)
    with console.status("Making the import change sets"):
        change_sets = change_sets_for(preparation, items)
    made = prepare.review(
        assembly,
        [one.review for one in change_sets],
        name=preparation.name,
        configuration=file,
        prepared_by=context.caller.arn,
        now=moment,
    )
    made = with_drift(console, made)
    terminal.present(made, console)
    _say_left(console, assembly.account, left(items, change_sets))
    return made


def _say_left(console: Console, account: str, resources: Iterable[tuple[str, Live]]) -> None:
    """Name what was found, and has no place in a stack: nobody should believe it imported."""
    lines = [
        f"  {live.type.removeprefix('AWS::')} {named(Account(region, account), live)}"
        for region, live in resources
    ]
    if lines:
        title = "\nNot imported: the file's stacks have nothing like it. It stays as it is."
        console.print(Text(title, style="bold"))
    for text in lines:
        console.print(Text(text), soft_wrap=True)
