"""`groundwork changes`: prepare, show, approve, execute, discard, history."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runbook.base.options import CONFIGURATION, STATE, Configuration, State

if TYPE_CHECKING:
    from runbook.changes.commands import Work

app = typer.Typer(
    help="Prepare changes, review them, and execute exactly what was approved.",
    no_args_is_help=True,
)

Identifier = Annotated[
    str | None,
    typer.Argument(metavar="REVIEW", help="The start of its id; the newest unless named."),
]


@app.command()
def prepare(
    stacks: Annotated[
        list[str] | None, typer.Argument(metavar="[STACK]...", help="All unless named.")
    ] = None,
    config: Configuration = CONFIGURATION,
    state: State = STATE,
) -> None:
    """Make a change set for every stack that would change. Nothing is executed."""
    from runbook.changes import commands

    commands.prepare(_work(config, state), config, stacks or (), state / "assembly")


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
    json: Annotated[bool, typer.Option("--json", help="Print the review as it is kept.")] = False,
) -> None:
    """Show what a review would do, and what that means for data, permissions and the network."""
    from runbook.changes import terminal

    work = _work(config, state)
    found = work.records.review(review).review
    if markdown:
        from runbook.changes.markdown import markdown as written

        markdown.mkdir(parents=True, exist_ok=True)
        for number, part in enumerate(written(found), 1):
            (markdown / f"{number}.md").write_text(part, encoding="utf-8")
        print(f"Written: {markdown}/1.md and what follows", file=sys.stderr)
    if html:
        from runbook.changes.page import page

        html.write_text(page(found), encoding="utf-8")
        print(f"Written: {html}", file=sys.stderr)
    if json:
        print(found.text(), end="")
    if not (markdown or html or json):
        from runbook.changes.commands import state as how_far

        work.console.print(f"Review {found.id}. {how_far(work.records, found)}", markup=False)
        terminal.present(found, work.console, full=full)


@app.command()
def approve(
    review: Identifier = None,
    config: Configuration = CONFIGURATION,
    state: State = STATE,
    typed: Annotated[
        list[str] | None,
        typer.Option("--type", help="A name that has to be typed, because data hangs on it."),
    ] = None,
) -> None:
    """Record that a review may be executed, by you."""
    from runbook.changes import commands

    ask = _ask if sys.stdin.isatty() else None
    commands.approve(_work(config, state), review, typed or (), ask)


@app.command()
def execute(
    review: Identifier = None, config: Configuration = CONFIGURATION, state: State = STATE
) -> None:
    """Execute the change sets of an approved review."""
    from runbook.changes import commands

    commands.run(_work(config, state), review)


@app.command()
def discard(
    review: Identifier = None, config: Configuration = CONFIGURATION, state: State = STATE
) -> None:
    """Remove the change sets of a review. Its record stays."""
    from runbook.changes import commands

    commands.discard(_work(config, state), review)


@app.command()
def history(config: Configuration = CONFIGURATION, state: State = STATE) -> None:
    """List what was prepared, approved and executed, and by whom."""
    from runbook.changes import commands

    commands.history(_work(config, state))


def _work(config: Path, state: Path) -> Work:
    from runbook.changes.commands import Work

    return Work.at(config, state)


def _ask(name: str) -> str:
    return str(
        typer.prompt(f"Data hangs on it: type {name} to approve", default="", show_default=False)
    )
