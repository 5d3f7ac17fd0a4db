"""Asking everything, in all regions of the file, side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from runbook.doctor.answer import Answer, State, unasked
from runbook.doctor.checks import CHECKS, Check
from runbook.doctor.owners import Owners
from runbook.doctor.place import Place
from settings import Settings


@dataclass(frozen=True)
class Row:
    """One line of the report."""

    region: str
    check: str
    answer: Answer

    def plain(self) -> dict[str, str]:
        """Return it for a program."""
        return {
            "region": self.region,
            "check": self.check,
            "state": self.answer.state.value,
            "text": self.answer.text,
            "advice": self.answer.advice,
        }


def examine(settings: Settings, checks: Collection[Check] = tuple(Check)) -> list[Row]:
    """Ask all of it, the home region first. What cannot be asked stops nothing else."""
    regions = sorted(settings.regions, key=lambda region: (region != settings.region, region))
    owners = Owners(regions)
    places = [Place(settings, region, owners) for region in regions]
    asked = [(place, check) for place in places for check in checks]
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = pool.map(lambda each: [*_rows(*each)], asked)
        return [row for rows in found for row in rows]


def wrongs(rows: Collection[Row]) -> list[Row]:
    """Return the rows that are wrong."""
    return [row for row in rows if row.answer.state is State.WRONG]


def _rows(place: Place, check: Check) -> Iterator[Row]:
    try:
        answers = [*CHECKS[check].look(place)]
    except (BotoCoreError, ClientError) as error:
        answers = [unasked(error)]
    for answer in answers:
        yield Row(place.region, check.value, answer)
