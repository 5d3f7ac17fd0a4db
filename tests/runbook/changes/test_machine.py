"""What is said of an execution by the state machine that did not succeed."""

from __future__ import annotations

from runbook.changes.machine import advice


def test_guards_are_said_to_be_back_only_where_the_machine_came_to_its_end() -> None:
    assert "are back" in advice("FAILED")
    for status in ("ABORTED", "TIMED_OUT"):
        assert "before it could put the guards back" in advice(status)
