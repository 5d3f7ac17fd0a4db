"""What a review says where a change is about who has to approve changes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk.assertions import Template

from runbook.changes.analysis import analyse
from runbook.changes.parts import Danger
from runbook.changes.review import StackAction, StackReview
from settings.contract import APPROVAL_CHECK, GROUP_MISSING, OTHER_PERSON
from tests.runbook.changes.readings import STACK, reading

Rules = Callable[..., dict[str, Any]]
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def deployed(templates: Callable[[str], dict[str, Template]]) -> Rules:
    made: dict[str, dict[str, Any]] = {}

    def of(two_people: bool = True, approvers: int = 2, groups: str = "{}") -> dict[str, Any]:
        text = f"""
access:
  author: {{principals: ["arn:aws:iam::123456789012:role/developers"]}}
  approver: {{principals: ["arn:aws:iam::123456789012:role/leads"]}}
  two_people: {str(two_people).lower()}
  approvers: {approvers}
  groups: {groups}
"""
        if text not in made:
            made[text] = dict(templates(text)["access-us-east-1"].to_json())
        return copy.deepcopy(made[text])

    return of


def said(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return what the review says about who has to approve; each has to be typed."""
    old, new = (reading(side, BootstrapVersion="21") for side in (before, after))
    found = analyse({**STACK, "Changes": []}, old, new)  # type: ignore[typeddict-item]
    findings = [f for f in found["findings"] if f.danger is Danger.APPROVAL]
    review = StackReview(
        name="access-us-east-1", region="us-east-1", action=StackAction.UPDATE, **found
    )
    machines = {"execution/machine", "execution/guards", "execution/stopped", "Added"}
    assert machines & review.guarded == {finding.place for finding in findings}
    return [finding.text for finding in findings]


def machine(template: dict[str, Any]) -> dict[str, Any]:
    """Return the definition of the state machine that executes."""
    (found,) = (
        r["Properties"]["Definition"]
        for r in template["Resources"].values()
        if APPROVAL_CHECK in r["Properties"].get("Definition", {}).get("States", {})
    )
    return dict(found)


def machines(template: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the properties of the state machine that executes, and of the one that guards."""
    found = [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::StepFunctions::StateMachine"
    ]
    guards, executes = sorted(
        found, key=lambda each: APPROVAL_CHECK in each["Definition"]["States"]
    )
    return executes, guards


def test_two_people_taken_out_is_said_and_typed(deployed: Rules) -> None:
    after = deployed(two_people=False)
    assert said(deployed(), after) == ["whoever prepared a change may approve it"]


def test_fewer_approvers_are_said_and_typed(deployed: Rules) -> None:
    assert said(deployed(), deployed(approvers=1)) == ["1 of 2 approvals are enough"]


def test_both_at_once_are_both_said(deployed: Rules) -> None:
    after = deployed(two_people=False, approvers=1)
    assert len(said(deployed(), after)) == 2


def test_asking_for_more_is_no_danger(deployed: Rules) -> None:
    assert said(deployed(two_people=False, approvers=1), deployed()) == []
    assert said(deployed(), deployed()) == []


PRINCIPALS = 'principals: ["arn:aws:iam::123456789012:role/postmasters"]'
MAIL = f"{{mail: {{items: [mail, data/databases/crm], {PRINCIPALS}}}}}"


def test_a_group_that_is_asked_no_more_is_said_and_typed(deployed: Rules) -> None:
    gone = ["nobody of the group mail has to approve any more"]
    assert said(deployed(groups=MAIL), deployed()) == gone
    assert said(deployed(), deployed(groups=MAIL)) == []


def test_a_group_that_is_asked_about_less_is_said_and_typed(deployed: Rules) -> None:
    fewer = deployed(groups=MAIL.replace(", data/databases/crm", ""))
    assert said(deployed(groups=MAIL), fewer) == ["what an execution checks and does is changed"]


def _lets_pass(states: dict[str, Any]) -> None:
    states[f"{GROUP_MISSING}mail"] = {"Type": "Pass", "Next": "Look at the change sets"}


def test_a_way_around_the_check_under_a_groups_name_is_no_group(deployed: Rules) -> None:
    after = deployed(groups=MAIL)
    _lets_pass(machine(after)["States"])
    assert said(deployed(), after) == ["what an execution checks and does is changed"]
    gone = ["nobody of the group mail has to approve any more"]
    assert said(deployed(groups=MAIL), after) == gone


def _always(states: dict[str, Any]) -> None:
    """Compare with nobody, under the choice's own name."""
    for choice in states[APPROVAL_CHECK]["Choices"]:
        if choice["Next"] == OTHER_PERSON:
            choice["Condition"] = "{% false %}"


def _passes(states: dict[str, Any]) -> None:
    states[OTHER_PERSON] = {"Type": "Pass", "Next": "Look at the change sets"}


def _nobody(states: dict[str, Any]) -> None:
    states[APPROVAL_CHECK]["Default"] = "Record the beginning"


def _or_true(states: dict[str, Any]) -> None:
    for choice in states[APPROVAL_CHECK]["Choices"]:
        choice["Condition"] = choice["Condition"].replace(">= 2", ">= 2 or true")


@pytest.mark.parametrize("edit", [_always, _passes, _nobody, _or_true])
def test_a_check_that_is_bent_in_any_other_way_is_said_and_typed(
    edit: Edit, deployed: Rules
) -> None:
    after = deployed()
    edit(machine(after)["States"])
    assert said(deployed(), after)


def test_a_way_around_the_check_under_its_name_is_no_second_person(deployed: Rules) -> None:
    before, after = deployed(two_people=False), deployed()
    _passes(machine(after)["States"])
    assert said(before, after) == ["what an execution checks and does is changed"]


def test_a_state_machine_that_goes_is_said_and_typed(deployed: Rules) -> None:
    after = deployed()
    after["Resources"] = {
        name: resource
        for name, resource in after["Resources"].items()
        if resource["Type"] != "AWS::StepFunctions::StateMachine"
    }
    assert said(deployed(), after) == [
        "nothing checks any more who approved a change",
        GOES,
        OTHERWISE,
    ]


def test_guards_that_go_alone_are_said_and_typed(deployed: Rules) -> None:
    after = deployed()
    _, guards = machines(after)
    after["Resources"] = {
        name: resource
        for name, resource in after["Resources"].items()
        if resource["Properties"] != guards
    }
    assert said(deployed(), after) == [GOES, OTHERWISE]


@pytest.mark.parametrize("edit", ["State", "gone"])
def test_guards_that_nothing_starts_any_more_are_said_and_typed(edit: str, deployed: Rules) -> None:
    after = deployed()
    (rule,) = (n for n, r in after["Resources"].items() if r["Type"] == "AWS::Events::Rule")
    if edit == "gone":
        del after["Resources"][rule]
    else:
        after["Resources"][rule]["Properties"][edit] = "DISABLED"
    assert said(deployed(), after) == [OTHERWISE]


GOES = "what guards the stacks of a stopped execution goes"
OTHERWISE = "what guards the stacks of a stopped execution starts otherwise, or not at all"
BESIDE = "what else is done with the role that executes changes is changed"
ANOTHER = "another state machine has the role that executes changes"
MOVED = "what checks the approvals has another name, role or definition"
EXECUTES = {
    "StartAt": "Execute",
    "States": {"Execute": {"Type": "Task", "Resource": "cloudformation:executeChangeSet"}},
}


def test_another_state_machine_with_the_same_role_that_executes_is_said_and_typed(
    deployed: Rules,
) -> None:
    after = deployed()
    machines(after)[1]["Definition"] = EXECUTES
    assert said(deployed(), after) == [BESIDE]


def test_what_executes_without_an_approval_under_the_trusted_name_is_said_and_typed(
    deployed: Rules,
) -> None:
    after = deployed()
    executes, _ = machines(after)
    unchecked = {**executes, "Definition": EXECUTES}
    executes["StateMachineName"] = "unused"
    added = {"Type": "AWS::StepFunctions::StateMachine", "Properties": unchecked}
    after["Resources"]["Added"] = added
    assert said(deployed(), after) == [MOVED, ANOTHER]


def test_a_new_state_machine_that_writes_out_the_roles_name_is_said_and_typed(
    deployed: Rules,
) -> None:
    after = deployed()
    arn = "arn:aws:iam::123456789012:role/groundwork-executor"
    properties = {"RoleArn": arn, "Definition": EXECUTES}
    added = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    after["Resources"]["Added"] = added
    assert said(deployed(), after) == [ANOTHER]


def test_a_state_machine_with_another_role_is_no_matter_of_approvals(deployed: Rules) -> None:
    after = deployed()
    properties = {"RoleArn": "arn:aws:iam::123456789012:role/other", "Definition": EXECUTES}
    added = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    after["Resources"]["Added"] = added
    assert said(deployed(), after) == []


def test_the_first_state_machines_are_no_danger(deployed: Rules) -> None:
    before = deployed()
    before["Resources"] = {
        name: resource
        for name, resource in before["Resources"].items()
        if resource["Type"] != "AWS::StepFunctions::StateMachine"
    }
    assert said(before, deployed()) == []
