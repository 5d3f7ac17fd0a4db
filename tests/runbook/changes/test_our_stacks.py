"""What our own stacks can have is understood: a review of them cries no wolf."""

from __future__ import annotations

from typing import Any

import pytest

from runbook.changes.analysis import analyse
from runbook.changes.kinds import KNOWN
from runbook.changes.parts import Danger
from settings.contract import CustomType
from tests.conftest import templates_of
from tests.runbook.changes.readings import STACK, reading
from tests.settings.test_every_field import EVERYTHING


@pytest.fixture(scope="module")
def templates() -> list[dict[str, Any]]:
    return [dict(template.to_json()) for template in templates_of(EVERYTHING).values()]


def listed(template: dict[str, Any], action: str) -> list[Any]:
    return [
        {
            "ResourceChange": {
                "Action": action,
                "LogicalResourceId": name,
                "ResourceType": resource["Type"],
            }
        }
        for name, resource in template["Resources"].items()
    ]


def test_every_type_is_known(templates: list[dict[str, Any]]) -> None:
    types = {r["Type"] for template in templates for r in template["Resources"].values()}
    assert types <= KNOWN
    assert {*CustomType} <= types


def test_everything_in_a_new_stack_is_understood(templates: list[dict[str, Any]]) -> None:
    for template in templates:
        description: Any = {**STACK, "Changes": listed(template, "Add")}
        after = reading(template, BootstrapVersion="21")
        found = analyse(description, reading({}), after)
        assert [f for f in found["findings"] if f.danger is Danger.UNREADABLE] == []


def test_an_unchanged_stack_has_no_danger_and_no_other_access(
    templates: list[dict[str, Any]],
) -> None:
    for template in templates:
        same = reading(template, BootstrapVersion="21")
        description: Any = {**STACK, "Changes": []}
        found = analyse(description, same, same)
        assert (found["changes"], found["findings"]) == ((), ())
        assert found["permissions"].gained == found["permissions"].lost == ()
        assert found["network"].gained == found["network"].lost == ()


def test_a_replacement_of_tasks_is_said_in_words(templates: list[dict[str, Any]]) -> None:
    machine = "servicesmetabasereplacementmachine"
    (template,) = [each for each in templates if machine in str(each["Resources"].keys())]
    description: Any = {**STACK, "Changes": listed(template, "Add")}
    found = analyse(description, reading({}), reading(template))
    assert [(f.place, f.text) for f in found["findings"] if f.danger is Danger.CODE] == [
        (
            "services/metabase/replacement/machine",
            "by itself, it replaces the tasks of service metabase of cluster main by one new "
            "deployment when its CPU is above 80 % for 10 minutes, once an hour at most",
        )
    ]
