"""Writing what was found into the team's file, with the risks that it needs."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from rich.console import Console

from runbook.adopt import document, risks
from runbook.adopt.item import Edit, Item
from runbook.adopt.options import Options
from runbook.base import project
from runbook.base.assembly import Assembly
from runbook.base.errors import UserError
from runbook.base.names import count
from runbook.changes import prepare
from runbook.credentials import deliver
from settings import ConfigurationError, parse


def write(
    console: Console, options: Options, text: str, items: Collection[Item], edits: Collection[Edit]
) -> Assembly:
    """Write items and edits into the file, with the risks that they need. Return what it makes."""
    file = options.file
    written = document.with_edits(document.with_items(text, items), edits)
    try:
        parse(written, str(file))
    except ConfigurationError as error:
        _save(file, document.with_faults(written, error.faults))
        raise UserError(
            f"{file} has everything as it was found, and the settings refuse some of it:\n{error}",
            "Each line has its fault beside it. Change it, in the account or in the file, and run "
            "this again; or take the item out of the file, and add --without and its place.",
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
        entries = [*risks.entries(findings, options.owner, today)]
        text = document.with_risks(file.read_text(encoding="utf-8"), entries)
        _save(file, text)
        assembly = project.synthesize(file, output)
    console.print(
        f"Written: {count(len(entries), 'accepted risk')}, until {today + risks.LASTS}. "
        f"Their owner is {options.owner}: name the right one, and decide on each."
    )
    return assembly


def _save(file: Path, text: str) -> None:
    """Write the team's file in one step: whatever ends this, it is whole, old or new."""
    deliver.write(file, text, file.stat().st_mode & 0o777 if file.exists() else 0o644)
