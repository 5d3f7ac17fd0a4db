"""`groundwork mail status`."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from datetime import datetime

from rich.console import Console
from rich.text import Text

from runbook.mail.status import account, feedback, identities, receiving, sets, topics
from runbook.mail.status.finding import Finding, Level, attention
from runbook.mail.status.place import Place, places
from settings import Settings

STYLES = {Level.OK: "green", Level.NOTE: "cyan", Level.ATTENTION: "bold red"}
Section = tuple[str, str, list[Finding]]
"""Region, title and what there is to say."""


def status(settings: Settings, now: datetime, *, as_json: bool) -> bool:
    """Print the state of mail in every region. Return whether something needs attention."""
    found = [section for place in places(settings) for section in _sections(place, now)]
    if as_json:
        print(json.dumps([row for section in found for row in _rows(section)], indent=2))
    else:
        _present(Console(highlight=False), found)
    return any(each.level is Level.ATTENTION for _, _, inside in found for each in inside)


def _sections(place: Place, now: datetime) -> Iterator[Section]:
    yield place.region, account.TITLE, list(account.findings(place, now))
    if place.resources is None:
        name = place.plans[0].name
        missing = attention(name, "not deployed", "Deploy the file: groundwork changes prepare")
        yield place.region, "Stacks", [missing]
        return
    yield place.region, identities.TITLE, list(identities.findings(place, now))
    for part in (feedback, topics, sets, receiving):
        if found := list(part.findings(place)):
            yield place.region, part.TITLE, found


def _rows(section: Section) -> list[dict[str, str]]:
    region, title, found = section
    return [
        {
            "region": region,
            "section": title,
            "item": each.item,
            "level": each.level.value,
            "text": each.text,
            "remedy": each.remedy,
        }
        for each in found
    ]


def _present(console: Console, sections: list[Section]) -> None:
    shown = ""
    for region, title, found in sections:
        if region != shown:
            console.print(Text(f"{chr(10) if shown else ''}{region}", style="bold"))
            shown = region
        console.print(Text(f"  {title}", style="bold"))
        width = max((len(each.item) for each in found), default=0)
        for each in found:
            _line(console, each, width)
    needs = [each for *_, found in sections for each in found if each.level is Level.ATTENTION]
    if needs:
        things = "thing needs" if len(needs) == 1 else "things need"
        console.print(Text(f"\n{len(needs)} {things} attention.", style="bold red"))
    else:
        console.print(Text("\nNothing needs attention.", style="green"))


def _line(console: Console, finding: Finding, width: int) -> None:
    """Print a finding, and its remedy below it: unbroken, so that a command can be copied."""
    lead = f"    {finding.level.value:9} {finding.item.ljust(width)}  "
    room = max(console.width - len(lead), 30)
    lines = textwrap.wrap(finding.text, room, break_on_hyphens=False, break_long_words=False)
    for number, line in enumerate(lines):
        before = Text(lead if number == 0 else " " * len(lead), style=STYLES[finding.level])
        console.print(before + Text(line), soft_wrap=True)
    if finding.remedy:
        console.print(Text(f"{' ' * 14}→ {finding.remedy}", style="dim"), soft_wrap=True)
