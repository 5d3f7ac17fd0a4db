"""Which stack policies keep what holds data from being replaced and deleted."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from runbook.changes.guards import stack_policy, unguarded
from runbook.changes.template import held

TEMPLATE = {
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Other": {"Type": "AWS::S3::Bucket"},
        "Queue": {"Type": "AWS::SQS::Queue"},
    }
}


def statement(**fields: Any) -> dict[str, Any]:
    forbidden = ["Update:Replace", "Update:Delete"]
    return {"Effect": "Deny", "Principal": "*", "Action": forbidden, "Resource": "*", **fields}


def let_go(monkeypatch: pytest.MonkeyPatch, policy: Any) -> tuple[str, ...]:
    monkeypatch.setattr(held, "deployed", lambda *_: SimpleNamespace(processed=TEMPLATE))
    answer = {"StackPolicyBody": json.dumps(policy)} if policy else {}
    client = SimpleNamespace(get_stack_policy=lambda **_: answer)
    return unguarded(cast("Any", client), "any")


@pytest.mark.parametrize(
    "policy",
    [
        stack_policy(["Bucket", "Other"]),
        {"Statement": [statement()]},
        {"Statement": statement(Action="Update:*", Resource="LogicalResourceId/*")},
    ],
)
def test_what_is_denied_is_guarded(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert let_go(monkeypatch, policy) == ()


@pytest.mark.parametrize(
    "policy",
    [
        None,
        stack_policy([]),
        {"Statement": [statement(Effect="Allow")]},
        {"Statement": [statement(Action="Update:Delete")]},
        {"Statement": [statement(Resource="LogicalResourceId/Queue")]},
    ],
)
def test_what_is_not_denied_is_let_go(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert let_go(monkeypatch, policy) == ("Bucket", "Other")


def test_one_that_is_lifted_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert let_go(monkeypatch, stack_policy(["Bucket"])) == ("Other",)
