"""The list of credentials: what is missing or too old ends the command with 1."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from runbook.base.names import Kind
from runbook.credentials.keys import Entry, Key
from runbook.credentials.listing import is_due, present

NOW = datetime(2026, 11, 22, tzinfo=UTC)
READER = "arn:aws:iam::123456789012:role/team/salt-master"


def key(days: int, used: int | None = None) -> Key:
    last = None if used is None else NOW - timedelta(days=used)
    return Key("AKIA", NOW - timedelta(days=days), last)


def entry(current: Key | None, previous: Key | None = None) -> Entry:
    return Entry("credere", Kind.SENDER, 2, (READER,), current, previous)


@pytest.mark.parametrize(
    ("current", "older_than", "due"),
    [
        (key(400), None, False),
        (key(400), 365, True),
        (key(365), 365, False),
        (None, None, True),
    ],
)
def test_what_is_missing_or_older_than_asked_for_is_due(
    current: Key | None, older_than: int | None, due: bool
) -> None:
    assert is_due(entry(current), older_than, NOW) is due


def printed(found: Entry) -> str:
    console = Console(width=200)
    with console.capture() as capture:
        present(console, [found], NOW)
    return capture.get().splitlines()[1]


def test_an_overlap_that_is_still_open_shows_whether_the_key_before_is_in_use() -> None:
    row = printed(entry(key(1, 0), key(90, 3)))
    assert "90 days, last used 2026-11-19" in row
    assert "2026-11-22" in row
    assert "salt-master" in row


def test_what_is_not_deployed_or_never_used_is_said() -> None:
    assert "not deployed" in printed(entry(None))
    assert "never" in printed(entry(key(3)))
