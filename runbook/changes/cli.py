"""`groundwork changes`: prepare, show, approve, execute, discard, history."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runbook.base.errors import UserError
from runbook.base.options import CONFIGURATION, STATE, Configuration, State

if TYPE_CHECKING:
    from runbook.changes.context import Context

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
) -> None:
    """Make a change set for every stack that would change. Nothing is executed."""
    from runbook.changes import commands

    commands.prepare(_context(config, state), config, stacks or (), state / "assembly")


@app.command()
def show(
    review: Identifier = None,
    config: Configuration = CONFIGURATION,
    state: State = STATE,
    full: Annotated[bool, typer.Option("--full", help="Every resource and value.")] = False,
    markdown: Annotated[
        Path | None, typer.Option(help="Write 1.md, 2.md … for a pull request to this folder.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write one page to this file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the review as stored.")] = False,
) -> None:
    """Show what a review would do, and what that means for data, permissions and the network."""
    context = _context(config, state)
    found = context.records.review(review).review
    if markdown:
        from runbook.changes.render.markdown import markdown as comments

        for number, part in enumerate(comments(found), 1):
            _write(markdown / f"{number}.md", part)
    if html:
        from runbook.changes.render.page import page

        _write(html, page(found))
    if json:
        print(found.text(), end="")
    if not (markdown or html or json):
        from runbook.changes import history as steps
        from runbook.changes.render import terminal

        how_far = steps.state(context.records, found)
        context.console.print(f"Review {found.id}. {how_far}", markup=False)
        terminal.present(found, context.console, full=full)


@app.command()
def approve(
    review: Identifier = None,
    config: Configuration = CONFIGURATION,
    state: State = STATE,
    typed: Annotated[
        list[str] | None,
        typer.Option("--type", help="Approve an item that holds data by its name."),
    ] = None,
) -> None:
    """Record that a review may be executed, by you."""
    from runbook.changes import commands

    ask = _ask if sys.stdin.isatty() else None
    commands.approve(_context(config, state), review, typed or (), ask)


@app.command()
def execute(
    review: Identifier = None, config: Configuration = CONFIGURATION, state: State = STATE
) -> None:
    """Execute the change sets of an approved review, and show what was built."""
    from runbook import overview
    from runbook.changes import commands

    context = _context(config, state)
    commands.run(context, review)
    overview.after_execution(context.console, context.settings)


@app.command()
def discard(
    review: Identifier = None, config: Configuration = CONFIGURATION, state: State = STATE
) -> None:
    """Delete the change sets of a review. Its record stays."""
    from runbook.changes import commands

    commands.discard(_context(config, state), review)


@app.command()
def history(config: Configuration = CONFIGURATION, state: State = STATE) -> None:
    """List what was prepared, approved and executed, when and by whom."""
    from runbook.changes.history import history as listed

    listed(_context(config, state))


def _context(config: Path, state: Path) -> Context:
    from runbook.changes.context import Context

    return Context.at(config, state)


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        why = f"{file} cannot be written: {error.strerror}."
        raise UserError(why, "Name another file.") from None
    print(f"Written: {file}", file=sys.stderr)


def _ask(name: str) -> str:
    return str(
        typer.prompt(f"{name} holds data. Type its name to approve", default="", show_default=False)
    )
