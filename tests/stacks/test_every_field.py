"""A field that is declared and used nowhere promises what nothing keeps."""

from __future__ import annotations

import json
from typing import Any

import pytest

from groundwork.checks import accept
from settings import parse
from settings.models.base import Model
from settings.models.drills import Drill
from settings.models.senders import Sender
from settings.reader.model_lookup import fields
from stacks import make_stacks
from tests.builders import REGISTER, sender
from tests.conftest import ACCOUNT, new_app, templates_of
from tests.settings.test_every_field import EVERYTHING, subclasses

OF_THE_RUNBOOK = {
    "Consumer.schemas",
    "InstanceDrill.reads",
    *(f"Drill.{name}" for name in fields(Drill) if name != "every"),
}
"""What no stack has: `database users` and `backup drill` ask for it."""


def test_the_stacks_read_every_field(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = parse(EVERYTHING)
    read: set[str] = set()

    def record(model: Model, name: str) -> Any:
        if name in type(model).__dict__.get("__pydantic_fields__", {}):
            read.update(f"{owner.__name__}.{name}" for owner in type(model).__mro__)
        return object.__getattribute__(model, name)

    with monkeypatch.context() as patch:
        patch.setattr(Model, "__getattribute__", record)
        app = new_app()
        make_stacks(app, settings)
        accept(app, settings.accepted_risks)
    declared = {
        f"{model.__name__}.{name}"
        for model in subclasses(Model)
        if not model.__name__.startswith("_")
        for name in model.model_fields
    }
    assert declared - read == OF_THE_RUNBOOK


MAIL = f"""
mail:
  tenants: {{bulk: {{}}}}
  domains: {{example.org: {{regions: [us-east-1, eu-west-1], configuration_set: one}}}}
  configuration_sets: {{one: &set {{regions: [us-east-1, eu-west-1]}}, other: *set}}
  senders:
    newsletter: {sender("news@example.org", tenant="bulk")}
"""
DECLARED = {**REGISTER, "from": ["a@example.org"], "delivery_logs": True}
OTHERWISE: dict[str, Any] = {
    "regions": ["us-east-1", "eu-west-1"],
    "from": ["b@example.org"],
    "category": "marketing",
    "contact": "b@example.org",
    "cost_center": "b",
    "approval": "b",
    "volume": {**REGISTER["volume"], "daily": 1},
    "attachments": True,
    "bounces_to": ["b@example.org"],
    "delivery_logs": False,
    "delivery_logs_days": 1,
    "configuration_set": "other",
    "tenant": "bulk",
    "only_to": ["*@example.org"],
    "credentials": {"version": 2},
    "stack": "other",
}


def synthesized(declared: dict[str, Any]) -> dict[str, Any]:
    """Return the templates of a sender, without what they carry for the review alone."""
    found = templates_of(f"{ACCOUNT}{MAIL}    app: {json.dumps(declared)}\n")
    templates = {name: template.to_json() for name, template in found.items()}
    return {name: {**template, "Metadata": None} for name, template in templates.items()}


def test_every_field_of_a_sender_is_changed_here() -> None:
    assert OTHERWISE.keys() == fields(Sender).keys()


@pytest.mark.parametrize("field", OTHERWISE)
def test_a_senders_field_changes_what_is_deployed(field: str) -> None:
    changed = {**DECLARED, field: OTHERWISE[field]}
    assert synthesized(changed) != synthesized(DECLARED)
