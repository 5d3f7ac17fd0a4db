"""A task that is replaced without anybody's approval is words in a review."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from runbook.changes.analysis import analyse
from runbook.changes.render import terminal
from runbook.changes.services import words
from settings.contract import ITEMS
from tests.runbook.changes import samples
from tests.runbook.changes.readings import STACK, reading, resource

WATCHED = {"cluster": "main", "service": "metabase"}
REPLACED = {**WATCHED, "replace": True}
BEGINS = (
    "when bi is saturated, a new deployment replaces its tasks, which nobody approves: once an "
    "hour at most"
)


def changes(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Any:
    old, new = (
        reading(
            {
                "Resources": {"Topic": resource("SNS::Topic")},
                "Metadata": {ITEMS: {"services": {"bi": side} if side else {}}},
            }
        )
        for side in (before, after)
    )
    description: Any = {**STACK, "Changes": []}
    return analyse(description, old, new)["declared"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, WATCHED, []),
        (None, REPLACED, [BEGINS]),
        (WATCHED, REPLACED, [BEGINS]),
        (REPLACED, {**REPLACED, "cpu_above": 80}, []),
        (REPLACED, WATCHED, ["nothing replaces the tasks of bi any more when it is saturated"]),
        (
            REPLACED,
            None,
            ["nobody is alarmed about bi any more, and nothing replaces its tasks"],
        ),
    ],
)
def test_a_change_of_a_service(
    before: dict[str, Any] | None, after: dict[str, Any] | None, expected: list[str]
) -> None:
    found = [text for change in changes(before, after) for text in words(change)]
    assert found == expected


def test_a_reviewer_reads_it_in_the_review_itself() -> None:
    declared = changes(WATCHED, REPLACED)
    stack = samples.stack("services-us-east-1", declared=declared, changes=())
    out = StringIO()
    terminal.present(samples.review(stack), Console(file=out, width=200))
    assert BEGINS in out.getvalue()
