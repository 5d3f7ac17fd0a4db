"""How a database's drills ended, as status and `database show` say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from runbook.database.drills import Drilled

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = 7 * 86_400


def drilled(
    last: datetime | None = NOW - DAY, *, succeeded: bool = True, made: datetime | None = None
) -> Drilled:
    copies = (("books-drill", made),) if made else ()
    return Drilled("books", last, succeeded, copies)


def problems(found: Drilled) -> list[str]:
    return list(found.problems(WEEK, NOW))


def test_a_good_drill_asks_for_nobody() -> None:
    assert not problems(drilled())
    assert drilled().words == "good 2026-11-21 12:00"


@pytest.mark.parametrize("last", [None, NOW - 8 * DAY])
def test_no_drill_within_every_is_named_as_the_alarm_does(last: datetime | None) -> None:
    assert problems(drilled(last)) == ["no drill ended within 168 hours"]


def test_a_failed_drill_leads_to_its_log_group() -> None:
    found = drilled(succeeded=False)
    assert problems(found) == [
        "its last drill failed: the log group /groundwork/drills/books says why"
    ]
    assert found.words == "failed 2026-11-21 12:00"


def test_a_copy_is_named_once_no_drill_can_be_running_with_it() -> None:
    assert not problems(drilled(made=NOW - timedelta(hours=2)))
    assert problems(drilled(made=NOW - DAY)) == [
        "books-drill is there since 2026-11-21 12:00: the next drill deletes it"
    ]
