"""A database's drill is words in a review, with how often, for how long and at what price."""

from __future__ import annotations

from typing import Any

import pytest

from runbook.changes.analysis import analyse
from runbook.changes.drills import words
from settings.contract import ITEMS
from tests.runbook.changes.readings import STACK, reading, resource


def said(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    old, new = (
        reading(
            {
                "Resources": {"Topic": resource("SNS::Topic")},
                "Metadata": {ITEMS: {"databases": {"books": side} if side else {}}},
            }
        )
        for side in (before, after)
    )
    description: Any = {**STACK, "Changes": []}
    return [text for change in analyse(description, old, new)["declared"] for text in words(change)]


@pytest.mark.parametrize(
    ("drill", "hours", "month"), [({}, 84, 9), ({"every": "2d", "max_age": "30h"}, 24, 30)]
)
def test_a_new_drill_says_how_often_how_long_and_what_is_charged(
    drill: dict[str, str], hours: int, month: int
) -> None:
    assert said({"engine": "postgresql"}, {"engine": "postgresql", "drill": drill}) == [
        f"the newest snapshot of books is restored every {hours} hours beside it, where nobody "
        "else can connect, checked, and deleted",
        "what is in the tables of books is not checked: the drill has no query",
        "each takes half an hour to some hours, in which RDS charges a second database of its "
        f"class and storage: at an hour each, {month} hours a month",
    ]


def test_a_drill_of_a_new_database_is_said_as_well() -> None:
    assert len(said(None, {"engine": "postgresql", "drill": {}})) == 3


def test_what_is_asked_and_the_new_login_that_asks_it_are_said() -> None:
    drill = {"query": "SELECT count(*) FROM orders", "expect": "2", "reads": ["orders", "a.b"]}
    assert said({}, {"drill": drill})[1:3] == [
        "the copy is asked SELECT count(*) FROM orders, and has to answer 2",
        "a new login of books, without a password, reads orders, a.b and nothing else, once "
        "somebody has run the reviewed SQL: groundwork database users books --drill",
    ]


def test_a_drill_that_goes_is_said() -> None:
    assert said({"drill": {}}, {"engine": "postgresql"}) == [
        "no drill proves any more that the snapshots of books can be restored"
    ]


def test_a_database_that_goes_has_nothing_to_say_of_its_drill() -> None:
    assert said({"drill": {}}, None) == []


def test_what_starts_a_drill_acts_as_its_role_and_another_role_is_said() -> None:
    first, second = (
        reading(
            {"Resources": {"When": resource("Scheduler::Schedule", {"Target": {"RoleArn": role}})}}
        )
        for role in ("arn:aws:iam::123456789012:role/one", "arn:aws:iam::123456789012:role/two")
    )
    description: Any = {**STACK, "Changes": []}
    found = analyse(description, first, second)["permissions"]
    assert "role/two" in str(found.gained)
    assert "role/one" in str(found.lost)
