"""`groundwork mail status`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Console
from rich.text import Text

from runbook.base.tables import hanging
from runbook.mail.status import account, feedback, identities, receiving, sets, tenants, topics
from runbook.mail.status.finding import Finding, Level, attention
from runbook.mail.status.place import Place, places
from settings import Settings

STYLES = {Level.OK: "green", Level.NOTE: "cyan", Level.ATTENTION: "bold red"}
Section = tuple[str, str, list[Finding]]
"""Region, title and what there is to say."""


def status(settings: Settings, now: datetime, *, as_json: bool) -> bool:
    """Print the state of mail in every region. Return whether something needs attention."""
    found = sections(settings, now)
    if as_json:
        print(json.dumps(plain(found), indent=2))
    else:
        console = Console(emoji=False, highlight=False)
        present(console, found)
        _conclude(console, needs(found))
    return bool(needs(found))


def sections(settings: Settings, now: datetime) -> list[Section]:
    """Ask AWS about mail in every region."""
    return [section for place in places(settings) for section in _sections(place, now)]


def needs(found: Sequence[Section]) -> list[Finding]:
    """Return what needs attention."""
    return [each for *_, inside in found for each in inside if each.level is Level.ATTENTION]


def _sections(place: Place, now: datetime) -> Iterator[Section]:
    yield place.region, account.TITLE, list(account.findings(place, now))
    if place.resources is None:
        name = place.plans[0].name
        missing = attention(name, "not deployed", "Deploy the file: groundwork changes prepare")
        yield place.region, "Stacks", [missing]
        return
    yield place.region, identities.TITLE, list(identities.findings(place, now))
    for part in (feedback, topics, sets, tenants, receiving):
        if found := list(part.findings(place)):
            yield place.region, part.TITLE, found


def plain(found: Sequence[Section]) -> list[dict[str, str]]:
    """Return a row for each finding, for a program."""
    return [
        {
            "region": region,
            "section": title,
            "item": each.item,
            "level": each.level.value,
            "text": each.text,
            "remedy": each.remedy,
        }
        for region, title, inside in found
        for each in inside
    ]


def present(console: Console, sections: Sequence[Section]) -> None:
    """Print the findings by region and section, each with its remedy."""
    shown = ""
    for region, title, found in sections:
        if region != shown:
            console.print(Text(f"{chr(10) if shown else ''}{region}", style="bold"))
            shown = region
        console.print(Text(f"  {title}", style="bold"))
        width = max((len(each.item) for each in found), default=0)
        for each in found:
            _line(console, each, width)


def _conclude(console: Console, urgent: Sequence[Finding]) -> None:
    if urgent:
        things = "thing needs" if len(urgent) == 1 else "things need"
        console.print(Text(f"\n{len(urgent)} {things} attention.", style="bold red"))
    else:
        console.print(Text("\nNothing needs attention.", style="green"))


def _line(console: Console, finding: Finding, width: int) -> None:
    """Print a finding, and its remedy below it: unbroken, so that a command can be copied."""
    lead = f"    {finding.level.value:9} {finding.item.ljust(width)}  "
    for line in hanging(Text(lead, STYLES[finding.level]), finding.text, console.width):
        console.print(line, soft_wrap=True)
    if finding.remedy:
        console.print(Text(f"{' ' * 14}→ {finding.remedy}", style="dim"), soft_wrap=True)
