"""The stack policy: CloudFormation's own guard of what holds data.

Executing a change set obeys the policy and cannot override it, whoever executes.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html>
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from runbook.changes.template.values import Template, resources
from runbook.changes.verdict import holds_data


def holders(template: Template) -> tuple[str, ...]:
    """Return the logical ids of what holds data, in order."""
    return tuple(sorted(name for name, item in resources(template).items() if holds_data(item)))


def stack_policy(guarded: Collection[str]) -> dict[str, list[Mapping[str, object]]]:
    """Return the policy that forbids to replace or delete some resources, by logical id."""
    allow = {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}
    if not guarded:
        return {"Statement": [allow]}
    named = [f"LogicalResourceId/{name}" for name in sorted(guarded)]
    forbidden = ["Update:Replace", "Update:Delete"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": forbidden, "Resource": named}
    return {"Statement": [allow, deny]}
