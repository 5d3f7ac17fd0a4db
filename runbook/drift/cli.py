"""`groundwork drift`: what was changed outside CloudFormation, and taking it back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runbook.base.options import CONFIGURATION, STATE, Configuration, Json, State

Revert = Annotated[
    bool, typer.Option("--revert", help="Prepare change sets that revert it, for review.")
]
Replace = Annotated[
    bool, typer.Option("--replace", help="Discard others' open reviews of the same stacks.")
]
Markdown = Annotated[
    Path | None, typer.Option(help="Write it to this file as the text of an issue.")
]


def drift(
    config: Configuration = CONFIGURATION,
    state: State = STATE,
    revert: Revert = False,
    replace: Replace = False,
    as_json: Json = False,
    markdown: Markdown = None,
) -> None:
    """Say what was changed outside CloudFormation.

    The exit status is 2 when anything was, 1 when something could not be asked,
    and else 0.

    Example: groundwork drift --json | jq -r '.changes[].place'
    """
    from rich.console import Console

    from runbook.base import aws
    from runbook.drift import commands
    from settings import load

    console = Console(emoji=False, highlight=False)
    settings = load(config)
    who = aws.caller_in(settings.account, settings.region)
    if revert:
        aws.announce(who, settings.region)
    with console.status("Comparing what is there with what was deployed"):
        found = commands.drift(settings)
    if as_json:
        print(found.model_dump_json(indent=2))
    else:
        commands.show(console, found)
    if markdown:
        commands.write(markdown, found)
    if revert and found.changes:
        from runbook.drift import revert as reverting

        reverting.prepare(console, found, config, state, replace=replace)
    raise typer.Exit(commands.status(found) if not revert else 0)
