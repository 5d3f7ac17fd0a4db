"""Pairs of templates and what a review has to say of them, by hand from AWS's documentation.

A case that names no danger has none, and one that names no verdict holds no data: what is said
beyond the case is a failure too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from runbook.changes.access_diff import sentence
from runbook.changes.analysis import analyse
from runbook.changes.outcome import Undo, undo
from runbook.changes.parts import Danger, Verdict
from runbook.changes.review import StackAction, StackReview
from tests.runbook.changes import samples
from tests.runbook.changes.readings import STACK, reading

FOLDER = Path(__file__).parent / "corpus"
CASES: dict[str, dict[str, Any]] = {
    f"{file.stem}: {case['case']}": case
    for file in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
}
KEYS = {
    "action", "admitted", "after", "attributes", "before", "beside", "case", "conditions",
    "dangers", "effect", "elsewhere", "gained", "hides", "lost", "page", "parameters", "refused",
    "replacement", "says", "shows", "type", "typed", "undo", "verdict",
}  # fmt: skip
PARAMETERS = {name: {"Type": "String"} for name in ("Secret", "Stage")}


def template(case: dict[str, Any], side: str) -> dict[str, Any]:
    """Return the template of one side: the resource under test, and what stands beside it."""
    resources = dict(case.get("beside", {}).get(side, {}))
    if side in case:
        kind = case["type"] if case["type"].startswith("Custom::") else f"AWS::{case['type']}"
        attributes = case.get("attributes", {}).get(side, {})
        resources["Probe"] = {"Type": kind, "Properties": case[side], **attributes}
    conditions = case.get("conditions", {})
    return {"Resources": resources, "Parameters": PARAMETERS, "Conditions": conditions}


def listed(before: dict[str, Any], after: dict[str, Any], case: dict[str, Any]) -> Any:
    """List the changes as CloudFormation would."""
    for name in sorted({*before["Resources"], *after["Resources"]}):
        old, new = before["Resources"].get(name), after["Resources"].get(name)
        if old == new:
            continue
        item = {
            "Action": "Modify" if old and new else "Add" if new else "Remove",
            "LogicalResourceId": name,
            "ResourceType": (new or old)["Type"],
        }
        if name == "Probe" and "action" in case:
            item["PolicyAction"] = case["action"]
        if name == "Probe" and old and new:
            item["Replacement"] = case.get("replacement", "False")
        yield {"Type": "Resource", "ResourceChange": item}


def reviewed(case: dict[str, Any]) -> StackReview:
    before, after = template(case, "before"), template(case, "after")
    description: Any = {**STACK, "Changes": [*listed(before, after, case)]}
    given = case.get("parameters", {})
    found = analyse(description, reading(before, **given), reading(after, **given))
    return samples.stack("data-eu-west-2", StackAction.UPDATE, **found)


@pytest.mark.parametrize("name", CASES)
def test_the_review_says_what_aws_documents(name: str) -> None:
    case = CASES[name]
    stack = reviewed(case)
    (probe,) = [change for change in stack.changes if change.logical_id == "Probe"]
    review = samples.review(stack)
    assert {*case} <= KEYS
    assert probe.effect == case.get("effect", "change")
    assert probe.verdict == case.get("verdict")
    here = sorted(f.danger for f in stack.findings if f.place == "Probe")
    assert here == sorted(case.get("dangers", ()))
    elsewhere = sorted(f.danger for f in stack.findings if f.place != "Probe")
    assert elsewhere == sorted(case.get("elsewhere", ()))
    said = " ".join(reason.text for reason in probe.reasons)
    assert case.get("says", "") in said
    bad = probe.verdict not in (None, Verdict.KEPT) or probe.leaves or Danger.UNREADABLE in here
    assert ("data-eu-west-2/Probe" in review.guarded) is case.get("typed", bad)
    assert undo(probe) >= Undo[case.get("undo", "free").upper()]
    assert not [hidden for hidden in case.get("hides", ()) if hidden in review.text()]
    differences = str([one.model_dump_json() for one in probe.differences])
    assert all(shown in differences for shown in case.get("shows", ()))


@pytest.mark.parametrize("name", CASES)
def test_the_review_says_who_gains_what(name: str) -> None:
    case, stack = CASES[name], reviewed(CASES[name])
    for key, found in (
        ("gained", stack.permissions.gained),
        ("lost", stack.permissions.lost),
        ("admitted", stack.network.gained),
        ("refused", stack.network.lost),
    ):
        expected = case.get(key, [] if key in ("gained", "admitted") else "any")
        if expected != "any":
            lost = key in ("lost", "refused")
            assert sorted(sentence(g, lost=lost) for g in found) == sorted(expected), key


def test_no_case_hides_another() -> None:
    lines = [line for file in FOLDER.glob("*.yaml") for line in file.read_text().splitlines()]
    assert len(CASES) == sum(line.startswith("- case:") for line in lines)
    assert len(CASES) >= 180


def test_every_verdict_has_a_case() -> None:
    assert {*Verdict} <= {case.get("verdict") for case in CASES.values()}


def test_a_danger_names_its_place_once() -> None:
    """It stands before each text: `role r in data-eu-west-2: iam:PassRole on *`."""
    cases = [case for name, case in CASES.items() if name.startswith("permissions")]
    found = [finding for case in cases for finding in reviewed(case).findings]
    assert found
    assert not [f for f in found if f.text.startswith(f"{f.place}: ")]
    assert not [f for f in found if f.text.endswith(f" on {f.place}")]
