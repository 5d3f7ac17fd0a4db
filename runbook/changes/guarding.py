"""Setting a stack's guards, which no change set carries: its policy and termination protection."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING

from runbook.base import aws
from runbook.changes.change_set import find_stack
from runbook.changes.guards import holders, stack_policy, unguarded
from runbook.changes.review import StackReview
from runbook.changes.template import held

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

_NEVER_MADE = ("REVIEW_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
"""The states of a stack whose creation was not begun, or failed: it is to be deleted."""


def set_policy(stack: StackReview, freed: Collection[str] = ()) -> None:
    """Have CloudFormation itself guard what holds data, but for what is freed, by logical id."""
    client, name = aws.cloudformation(stack.region), stack.stack_id or stack.name
    held_now = holders(held.deployed(client, name).processed)
    policy = stack_policy({*held_now} - {*freed})
    client.set_stack_policy(StackName=name, StackPolicyBody=json.dumps(policy))


def guard(stack: StackReview) -> None:
    """Guard a stack: against deletion, and what holds data against any change that deletes it."""
    aws.cloudformation(stack.region).update_termination_protection(
        StackName=stack.stack_id or stack.name, EnableTerminationProtection=True
    )
    set_policy(stack)


def guard_again(stack: StackReview) -> None:
    """Put the guards back that an earlier run may have left lifted."""
    if _made(stack):
        guard(stack)


def is_lifted(stack: StackReview) -> bool:
    """Tell whether a guard of a stack is missing. One whose creation failed needs none."""
    current = _made(stack)
    if current is None:
        return False
    protected = current.get("EnableTerminationProtection", False)
    return not protected or bool(unguarded(aws.cloudformation(stack.region), stack.name))


def _made(stack: StackReview) -> StackTypeDef | None:
    current = find_stack(aws.cloudformation(stack.region), stack.name)
    return None if current and current["StackStatus"] in _NEVER_MADE else current
