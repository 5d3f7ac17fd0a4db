"""Who enforces what, by the table of docs/changes.md: a test stands behind each of its rows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

ACCESS, CHANGES = "constructs/access/test_{}.py", "runbook/changes/test_{}.py"
PERMISSIONS, EXECUTION, GUARDS = (
    ACCESS.format(name) for name in ("permissions", "execution", "guards")
)
APPROVAL, RULES = (CHANGES.format(name) for name in ("approval", "approval_rules"))
BEHIND: dict[str, tuple[str, ...]] = {
    "What is executed is the change set that was reviewed, and": (
        "embedded/gaps/test_change_sets.py::test_what_was_reviewed_is_executed",
        f"{CHANGES.format('execution')}::test_a_change_set_made_again_under_the_same_name_is_refused",
    ),
    "The code that runs": (
        f"{CHANGES.format('assets')}::test_code_published_again_after_the_review_is_not_what_runs",
    ),
    "No nested stack": (f"{EXECUTION}::test_a_nested_stack_is_not_executed",),
    "A transform, a macro": (
        f"{CHANGES.format('held')}::test_what_would_be_filled_in_unseen_is_refused",
    ),
    "CloudFormation works with": (
        f"{PERMISSIONS}::test_the_author_passes_cloudformation_its_own_role_only",
    ),
    "A stack that changed since": (f"{EXECUTION}::test_a_stack_that_changed_since_is_not_updated",),
    "What the console changed since is not overwritten: properties": (
        f"{EXECUTION}::test_what_the_review_changes_and_was_changed_since_stops_the_execution",
        f"{EXECUTION}::test_what_changes_while_another_wave_is_executed_stops_the_next",
    ),
    "What the console changed since is not overwritten: what stands": (
        f"{CHANGES.format('drifted')}::test_the_command_executes_nothing_of_it",
    ),
    "The author does not execute": (
        f"{PERMISSIONS}::test_nobody_executes_a_change_set",
        f"{PERMISSIONS}::test_nobody_loosens_the_guards_of_a_stack_or_deletes_it",
        f"{EXECUTION}::test_the_approver_starts_this_machine_and_stops_none",
    ),
    "Nobody takes on": (f"{EXECUTION}::test_nobody_assumes_the_state_machines_role",),
    "Who prepared, who approved": (
        f"{PERMISSIONS}::test_nobody_writes_below_anybody_elses_path",
        f"{EXECUTION}::test_nobody_starts_it_in_the_name_of_somebody_who_did_not_ask_for_it",
    ),
    "A record is written once": (
        f"{PERMISSIONS}::test_nobody_writes_over_a_record",
        f"{PERMISSIONS}::test_nobody_deletes_a_record_not_even_an_administrator",
    ),
    "What is executed is what was approved": (
        f"{EXECUTION}::test_other_orders_than_those_approved_are_refused",
        f"{EXECUTION}::test_a_change_set_that_is_too_old_is_refused",
        f"{EXECUTION}::test_a_person_with_both_roles_does_not_approve_their_own_change",
        f"{EXECUTION}::test_without_an_approver_nothing_is_executed",
    ),
    "One of a group approved what touches its areas": (
        f"{EXECUTION}::test_a_stack_of_the_groups_area_asks_for_it_whatever_the_orders_say",
        f"{EXECUTION}::test_a_stack_under_another_stacks_name_is_refused",
    ),
    "One of a group approved what changes": (
        f"{EXECUTION}::test_an_item_that_is_there_asks_for_it_whatever_the_orders_say",
    ),
    "One of a group approved what is added": (
        f"{EXECUTION}::test_what_is_a_groups_is_not_executed_without_it",
    ),
    "A review is executed once": (f"{EXECUTION}::test_two_starts_are_one_execution",),
    "The guards are back": (
        f"{EXECUTION}::test_an_update_that_fails_has_its_guards_back_and_a_record",
    ),
    "The stacks of an execution that is stopped": (
        f"{GUARDS}::test_stopped_before_any_step_the_stack_is_guarded_and_recorded",
        f"{GUARDS}::test_an_execution_that_takes_too_long_is_ended_and_its_stack_guarded",
        f"{GUARDS}::test_where_the_event_is_lost_whoever_starts_the_guards_has_the_stack_guarded",
    ),
    "Somebody is told": (
        f"{GUARDS}::test_people_are_told_of_an_execution_that_was_stopped",
        f"{GUARDS}::test_people_are_told_of_guards_that_fail",
    ),
    "Asking for fewer approvals": (
        f"{RULES}::test_fewer_approvers_are_said_and_typed",
        f"{RULES}::test_a_check_that_is_bent_in_any_other_way_is_said_and_typed",
        f"{RULES}::test_guards_that_go_alone_are_said_and_typed",
    ),
    "What holds data": (
        f"{CHANGES.format('execution')}::test_the_guard_holds_against_plain_cloudformation",
    ),
    "A bucket or a database with": (
        f"{EXECUTION}::test_what_the_deployed_file_says_to_keep_is_not_deleted",
    ),
    "Data with `keep_data`": (
        f"{APPROVAL}::test_what_loses_kept_data_is_approved_once_the_file_no_longer_keeps_it",
    ),
    "Names are typed": (f"{APPROVAL}::test_a_loss_of_data_is_not_approved_without_its_name",),
    "The orders are those": (
        f"{APPROVAL}::test_a_review_that_hides_what_would_happen_is_not_approved",
        f"{APPROVAL}::test_a_review_beside_other_orders_is_not_approved",
    ),
}
"""The tests behind each promise, which begins so. One that goes takes its promise with it."""


def promises() -> list[str]:
    page = (ROOT / "docs" / "changes.md").read_text(encoding="utf-8")
    table = page.partition("| Promise | Who |")[2].partition("\n\n")[0]
    return re.findall(r"^\| ([^|-][^|]*) \|", table, re.MULTILINE)


def functions_of(file: str) -> Iterator[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    yield from (each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))


def test_a_test_stands_behind_every_promise() -> None:
    found = [[begin for begin in BEHIND if promise.startswith(begin)] for promise in promises()]
    assert sorted(found) == sorted([begin] for begin in BEHIND)


@pytest.mark.parametrize("promise", BEHIND)
def test_the_tests_behind_a_promise_are_there(promise: str) -> None:
    for test in BEHIND[promise]:
        file, _, name = test.partition("::")
        assert name in functions_of(file), test
