"""The stack policy: CloudFormation's own guard of what holds data.

Executing a change set obeys the policy and cannot override it, whoever executes.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html>
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pydantic import JsonValue

from runbook.changes.template import held
from runbook.changes.template.values import Template, resources
from runbook.changes.verdict import holds_data

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


FORBIDDEN = ("Update:Replace", "Update:Delete")
"""What becomes of data by an update that nobody approved."""


def holders(template: Template) -> tuple[str, ...]:
    """Return the logical ids of what holds data, in order."""
    return tuple(sorted(name for name, item in resources(template).items() if holds_data(item)))


def stack_policy(guarded: Collection[str]) -> dict[str, list[Mapping[str, object]]]:
    """Return the policy that forbids to replace or delete some resources, by logical id."""
    allow = {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}
    if not guarded:
        return {"Statement": [allow]}
    named = [f"LogicalResourceId/{name}" for name in sorted(guarded)]
    deny = {"Effect": "Deny", "Principal": "*", "Action": [*FORBIDDEN], "Resource": named}
    return {"Statement": [allow, deny]}


def unguarded(client: CloudFormationClient, stack: str) -> tuple[str, ...]:
    """Return the logical ids of what holds data in a deployed stack, and its policy lets go."""
    held_now = holders(held.deployed(client, stack).processed)
    body = client.get_stack_policy(StackName=stack).get("StackPolicyBody", "{}")
    statements = _listed(json.loads(body).get("Statement"))
    return tuple(name for name in held_now if not any(_guards(one, name) for one in statements))


def _guards(statement: JsonValue, logical_id: str) -> bool:
    if not isinstance(statement, dict) or statement.get("Effect") != "Deny":
        return False
    actions = {*map(str, _listed(statement.get("Action")))}
    named = map(str, _listed(statement.get("Resource")))
    all_of_it = "Update:*" in actions or actions.issuperset(FORBIDDEN)
    return all_of_it and any(fnmatchcase(f"LogicalResourceId/{logical_id}", one) for one in named)


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]
