"""`groundwork doctor`: ask, print, and end with 1 where something is wrong."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.base.tables import hanging
from runbook.doctor.answer import Answer, State, wrong
from runbook.doctor.checks import CHECKS, Check
from runbook.doctor.examine import Row, examine, wrongs
from settings import Settings, load
from settings.plan import plans

STYLES: Mapping[State, str] = {
    State.RIGHT: "green",
    State.WRONG: "bold red",
    State.UNASKED: "yellow",
}
SIGNS: Mapping[State, str] = {State.RIGHT: "right", State.WRONG: "wrong", State.UNASKED: "?"}


def doctor(configuration: Path, *, as_json: bool, strict: bool) -> None:
    """Print one line for each thing that was asked."""
    settings, console = load(configuration), Console(emoji=False, highlight=False)
    with Console(stderr=True).status("Asking the account"):
        rows = report(settings)
    if as_json:
        print(json.dumps([row.plain() for row in rows], indent=2))
    else:
        for line in lines(rows, console.width):
            console.print(line, soft_wrap=True)
    unsure = any(row.answer.state is State.UNASKED for row in rows)
    if wrongs(rows) or (strict and unsure):
        raise typer.Exit(1)


def report(settings: Settings) -> list[Row]:
    """Return what is asked of whoever calls, and of the account unless that is wrong already."""
    try:
        who = aws.caller_in(settings.account, settings.region)
    except UserError as error:
        return [Row(settings.region, "credentials", wrong(error.message, error.advice))]
    known = Answer(aws.speaking(who, settings.region))
    return [Row(settings.region, "credentials", known), *examine(settings)]


def warn(console: Console, settings: Settings, stacks: Collection[str] = ()) -> None:
    """Print what is wrong before changes of some stacks, or all, are prepared, and nothing else.

    Without the bootstrap no template can be published, so that is refused.
    """
    checks = [check for check, asked in CHECKS.items() if asked.before_changes]
    with console.status("Asking the account"):
        found = wrongs(examine(settings, checks))
    for line in lines(found, console.width):
        console.print(line, soft_wrap=True)
    needed = {plan.region for plan in plans(settings) if not stacks or plan.name in stacks}
    lacking = [row for row in found if row.check == Check.BOOTSTRAP and row.region in needed]
    if lacking:
        raise UserError(
            f"Nothing is prepared: the CDK's bootstrap of {', '.join(r.region for r in lacking)} "
            "is missing or too old.",
            f"Type: {' && '.join(row.answer.advice for row in lacking)}",
        )


def lines(rows: Collection[Row], width: int) -> Iterator[Text]:
    """Yield the lines of a report, each region under its name."""
    shown = ""
    for row in rows:
        if row.region != shown:
            yield Text(row.region, style="bold")
            shown = row.region
        yield from _lines(row, width)


def _lines(row: Row, width: int) -> Iterator[Text]:
    sign = Text(f"  {SIGNS[row.answer.state]:5} ", STYLES[row.answer.state])
    yield from hanging(sign, f"{row.check}: {row.answer.text}", width)
    yield from hanging(Text(" " * (len(sign) + 2)), row.answer.advice, width)
