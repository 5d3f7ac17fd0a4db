"""`groundwork adopt`: what the account has already, written into the file and imported."""

from __future__ import annotations

from typing import Annotated

import typer

from runbook.base.options import CONFIGURATION, STATE, Configuration, State

REGIONS = ("us-east-1",)


def adopt(  # noqa: PLR0913, PLR0917 - a command's options
    config: Configuration = CONFIGURATION,
    state: State = STATE,
    region: Annotated[
        list[str] | None,
        typer.Option("--region", help="Look in this region, too; the file's unless named."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="A place as in mail/domains; everything unless named."),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write what was found into the file.")
    ] = False,
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Make the change sets that import it, for review.")
    ] = False,
    owner: Annotated[
        str, typer.Option(help="Who owns the accepted risks that it needs.")
    ] = "to be named",
    contact: Annotated[
        str, typer.Option(help="The contact of senders: an address of the team.")
    ] = "",
    cost_center: Annotated[str, typer.Option(help="Who pays for senders.")] = "to be named",
    approval: Annotated[str, typer.Option(help="The approval of senders.")] = "to be named",
) -> None:
    """Write an account that was made by hand as the file, and import it, touching nothing.

    Without --write and --prepare it only looks.

    Example: groundwork adopt --region eu-west-2 --write --contact ops@example.org
    """
    from rich.console import Console

    from runbook.adopt import commands, document
    from runbook.adopt.senders import Register
    from runbook.base import project
    from runbook.changes.context import Context

    console = Console(highlight=False)
    account, home = commands.account_of(config, (region or REGIONS)[0])
    text = commands.text_of(config, account, home)
    regions = [home, *(name for name in region or () if name != home)]
    with console.status(f"Reading account {account} in {', '.join(regions)}"):
        register = Register(contact or f"postmaster@{account}.invalid", cost_center, approval)
        found = commands.inventory(regions, register)
        items = list(commands.free(commands.selected(found, only or ())))
    console.print(f"Account {account}, {', '.join(regions)}:")
    commands.show(console, items, text)
    if write:
        commands.write(console, config, text, items, owner)
    if prepare:
        context = Context.at(config, state)
        with console.status("Synthesizing the stacks"):
            assembly = project.synthesize(config, state / "assembly")
        commands.import_all(context, assembly, items, config)
    elif not write and any(
        item.declared and not document.declares(text, item.path) for item in items
    ):
        console.print("\nNext: the same with --write, which writes it into the file")
    elif write:
        console.print("\nNext: read the file, then the same with --prepare")
