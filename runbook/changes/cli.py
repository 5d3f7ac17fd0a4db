"""`groundwork changes`: prepare, show, approve, execute, discard, history."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runbook.base.files import write
from runbook.base.options import CONFIGURATION, STATE, Configuration, Json, State

if TYPE_CHECKING:
    from runbook.changes.context import Context
    from runbook.changes.review import Review

app = typer.Typer(
    help="Prepare changes, review them, and execute exactly what was approved.",
    no_args_is_help=True,
)

Identifier = Annotated[
    str | None,
    typer.Argument(metavar="REVIEW", help="The start of its id. Default: the newest."),
]


@app.command()
def prepare(
    stacks: Annotated[
        list[str] | None, typer.Argument(metavar="[STACK]...", help="Default: all.")
    ] = None,
    config: Configuration = CONFIGURATION,
    state: State = STATE,
    replace: Annotated[
        bool, typer.Option("--replace", help="Discard others' open reviews of the same stacks.")
    ] = False,
) -> None:
    """Make a change set for every stack that would change. Nothing is executed.

    Exit status: 0; 2 where data would go that the file says to keep. The
    review is saved all the same, to be read; it cannot be approved.

    Example: groundwork changes prepare mail-us-east-1
    """
    from runbook.changes import commands

    context = _changing(config, state)
    made = commands.prepare(context, config, stacks or (), state / "assembly", replace=replace)
    if made.ruled_out:
        raise typer.Exit(2)


Full = Annotated[bool, typer.Option("--full", help="Every resource and value.")]
Markdown = Annotated[
    Path | None, typer.Option(help="Write 1.md, 2.md … for a pull request to this folder.")
]
Html = Annotated[Path | None, typer.Option(help="Write one page to this file.")]
AsStored = Annotated[bool, typer.Option("--json", help="Print the review as stored.")]
Check = Annotated[
    bool, typer.Option("--check", help="Print only what keep_data rules out, with status 2.")
]


@app.command()
def show(
    review: Identifier = None,
    config: Configuration = CONFIGURATION,
    state: State = STATE,
    full: Full = False,
    markdown: Markdown = None,
    html: Html = None,
    json: AsStored = False,
    check: Check = False,
) -> None:
    """Show what a review would do, and what that means for data, permissions and the network.

    Exit status: 0; 1 without such a review; 2 with --check where it prints
    something: data would go that the file says to keep.

    Example: groundwork changes show --html review.html
    """
    context = _context(config, state)
    stored = context.records.review(review)
    found = stored.review
    if check:
        print(*found.ruled_out, sep="\n", end="\n" if found.ruled_out else "")
        raise typer.Exit(2 if found.ruled_out else 0)
    _save(found, markdown, html)
    if json:
        print(found.text(), end="")
    if not (markdown or html or json):
        from runbook.changes import history as steps
        from runbook.changes.render import terminal

        how_far = steps.state(context.records, stored)
        context.console.print(f"Review {found.id}. {how_far}", markup=False)
        terminal.present(found, context.console, full=full)


def _save(found: Review, markdown: Path | None, html: Path | None) -> None:
    if markdown:
        from runbook.changes.render.markdown import markdown as comments

        for number, part in enumerate(comments(found), 1):
            write(markdown / f"{number}.md", part)
    if html:
        from runbook.changes.render.page import page

        write(html, page(found))


@app.command()
def approve(
    review: Identifier = None,
    config: Configuration = CONFIGURATION,
    state: State = STATE,
    typed: Annotated[
        list[str] | None,
        typer.Option("--type", help="Approve an item whose name has to be typed."),
    ] = None,
) -> None:
    """Record that a review may be executed, by you.

    Example: groundwork changes approve 20261122T101500 --type ocp-redmine-backup
    """
    from runbook.changes import commands

    ask = _ask if sys.stdin.isatty() else None
    commands.approve(_changing(config, state), review, typed or (), ask)


@app.command()
def execute(
    review: Identifier = None, config: Configuration = CONFIGURATION, state: State = STATE
) -> None:
    """Execute the change sets of an approved review, and show what was built.

    Example: groundwork changes execute 20261122T101500
    """
    from datetime import UTC, datetime

    from runbook.changes import commands
    from runbook.status import screen

    context = _changing(config, state)
    commands.run(context, review)
    screen.overview(context.console, context.settings, datetime.now(UTC))


@app.command()
def discard(
    review: Identifier = None, config: Configuration = CONFIGURATION, state: State = STATE
) -> None:
    """Delete the change sets of a review. Its record stays.

    Example: groundwork changes discard 20261122T101500
    """
    from runbook.changes import commands

    commands.discard(_changing(config, state), review)


@app.command()
def history(
    as_json: Json = False, config: Configuration = CONFIGURATION, state: State = STATE
) -> None:
    """List what was prepared, approved and executed, when and by whom.

    Exit status: 0, or 1 if the records cannot be read.

    Example: groundwork changes history --json
    """
    from runbook.changes.history import history as listed

    listed(_context(config, state), as_json=as_json)


def _context(config: Path, state: Path) -> Context:
    from runbook.changes.context import Context

    return Context.at(config, state)


def _changing(config: Path, state: Path) -> Context:
    """Start a command that changes something, once what a killed one left is put back."""
    from runbook.base import aws
    from runbook.changes import repair

    context = _context(config, state)
    aws.announce(context.caller, context.settings.region)
    repair.put_back(context.console, context.caller, context.records)
    return context


def _ask(name: str) -> str:
    return str(typer.prompt(f"Type the name {name} to approve", default="", show_default=False))
