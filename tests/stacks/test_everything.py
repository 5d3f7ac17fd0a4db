"""The file of every field, synthesized: the stacks keep what they promise to the runbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from aws_cdk.assertions import Template

from settings import parse
from settings.contract import ACCEPTED_RISKS, ITEMS, output_key
from settings.models.base import Model
from settings.plan import StackPlan, plans
from tests.builders import sender
from tests.conftest import templates_of
from tests.settings.test_every_field import EVERYTHING

PLANS = plans(parse(EVERYTHING))
MADE = ("AWS::IAM::Role", "AWS::IAM::User")


@pytest.fixture(scope="module")
def templates() -> dict[str, Template]:
    return templates_of(EVERYTHING)


def test_there_is_a_stack_for_every_plan(templates: dict[str, Template]) -> None:
    assert list(templates) == [plan.id.construct_id for plan in PLANS]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_a_stack_has_the_outputs_of_its_plan(
    templates: dict[str, Template], plan: StackPlan
) -> None:
    found = templates[plan.id.construct_id].find_outputs("*")
    promised = [output_key(kind, item) for kind, item in plan.outputs]
    assert sorted(found) == sorted(promised)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_a_template_carries_what_the_file_declares_of_its_items(
    templates: dict[str, Template], plan: StackPlan
) -> None:
    metadata = templates[plan.id.construct_id].to_json()["Metadata"]
    assert metadata[ITEMS] == plan.declared
    assert ACCEPTED_RISKS not in metadata


def test_no_policy_names_a_role_or_user_that_its_own_stack_makes(
    templates: dict[str, Template],
) -> None:
    """Other services know it later than IAM: such a policy is refused once in a while."""
    for template in templates.values():
        resources = template.to_json()["Resources"]
        for name, resource in resources.items():
            named = set(_named(resource.get("Properties", {})))
            made = {other for other in named if resources.get(other, {}).get("Type") in MADE}
            assert not made, (name, made)


def _named(value: object, in_principal: bool = False) -> Iterator[str]:
    """Yield the logical ids to which the principals of a resource's policies refer."""
    if isinstance(value, Mapping):
        for key, inside in value.items():
            if in_principal and key in ("Ref", "Fn::GetAtt"):
                yield inside if isinstance(inside, str) else inside[0]
            yield from _named(inside, in_principal or key in ("Principal", "NotPrincipal"))
    elif isinstance(value, list):
        for inside in value:
            yield from _named(inside, in_principal)


def test_every_item_of_the_file_stands_below_its_kind(templates: dict[str, Template]) -> None:
    paths = [
        resource["Metadata"]["aws:cdk:path"].split("/", 1)[1]
        for template in templates.values()
        for resource in template.to_json()["Resources"].values()
        if "aws:cdk:path" in resource.get("Metadata", {})
    ]
    settings = parse(EVERYTHING)
    declared = [
        f"{kind}/{name}/"
        for area in (settings.mail, settings.data, settings.backup)
        for kind, items in area
        if isinstance(items, Mapping)
        for name, item in items.items()
        if isinstance(item, Model)
    ]
    declared += [f"services/{name}/" for name in settings.services]
    assert declared
    assert not [item for item in declared if not any(path.startswith(item) for path in paths)]


COLLIDING = f"""
mail:
  domains: {{example.org: {{configuration_set: one}}}}
  configuration_sets: {{one: }}
  senders:
    app.one: {sender("noreply@example.org")}
    app-one: {sender("noreply@example.org")}
backup:
  buckets:
    some-backup:
      users: {{b.x: &files {{tool: files}}, b-x: *files, b1: *files, b-1: *files}}
"""


def test_items_whose_names_differ_in_signs_alone_stand_beside_each_other() -> None:
    found = templates_of(f'account: "123456789012"\n{COLLIDING}')
    assert len(found["mail-us-east-1"].find_resources("AWS::IAM::User")) == 2
    assert len(found["backup-us-east-1"].find_outputs("*")) == 4
