"""How a database's drills ended, as status and `database show` say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from runbook.base.errors import UserError
from runbook.database.drills import Drilled, login
from runbook.database.place import Place
from settings import parse

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = 7 * 86_400
DATABASES = """
account: "123456789012"
environment: test
data:
  networks: {main: {cidr: 10.0.0.0/16, subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}}}
  security_groups: {private: {description: Private}}
  databases:
    shared:
      engine: aurora-postgresql
      capacity: {max: 2}
      security_groups: [private]
      notify: [a@example.org]
      drill: {query: SELECT 1}
    unasked:
      engine: postgresql
      instance: db.t3.micro
      security_groups: [private]
      notify: [a@example.org]
      drill: {}
    asked:
      engine: postgresql
      instance: db.t3.micro
      security_groups: [private]
      notify: [a@example.org]
      drill: {query: SELECT 1, reads: [orders, reports.issues]}
"""


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


@pytest.mark.parametrize("name", ["shared", "unasked"])
def test_only_an_instance_that_is_asked_needs_a_login(name: str) -> None:
    settings = parse(DATABASES)
    place = Place(name, "localhost", 5432, "shared", "owner", "", False, None)
    with pytest.raises(UserError, match="no query for a drill"):
        login(settings, place)


def test_the_login_reads_each_relation_of_the_file_in_its_schema() -> None:
    place = Place("asked", "localhost", 5432, "shared", "owner", "", False, None)
    said = login(parse(DATABASES), place)
    assert [line for line in said.splitlines() if line.startswith("GRANT SELECT")] == [
        'GRANT SELECT ON "public"."orders" TO "test_asked_drill";',
        'GRANT SELECT ON "reports"."issues" TO "test_asked_drill";',
    ]
