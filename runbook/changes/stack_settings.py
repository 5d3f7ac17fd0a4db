"""What a change set sets of the stack: tags, whom CloudFormation notifies, as whom it acts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from runbook.changes.dangers import ACCOUNT
from runbook.changes.review import Danger, Difference, Finding
from runbook.changes.template.values import differences

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import DescribeChangeSetOutputTypeDef, StackTypeDef

SETTINGS = ("NotificationARNs", "RoleARN", "RollbackConfiguration", "Tags", "OnStackFailure")
"""What a change set sets of its stack, besides the template and its parameters."""


def of_stack(
    stack: StackTypeDef | None, change_set: DescribeChangeSetOutputTypeDef
) -> Iterator[Difference]:
    """Yield what differs about the stack itself. A new one is compared with nothing."""
    for key in SETTINGS:
        if key == "RoleARN" and key not in change_set:
            continue  # CloudFormation does not tell which role a change set names
        yield from differences(_setting(stack, key), _setting(change_set, key), (key,))


def _setting(side: StackTypeDef | DescribeChangeSetOutputTypeDef | None, key: str) -> object:
    if side is None or not side.get(key):
        return None
    return {tag["Key"]: tag["Value"] for tag in side["Tags"]} if key == "Tags" else side.get(key)


def of_settings(settings: Iterable[Difference], account: str) -> Iterator[Finding]:
    """Yield what the change set sets of the stack itself: who is notified, and who acts."""
    for one in settings:
        text = json.dumps(one.after)
        for other in sorted({*ACCOUNT.findall(text)} - {account}):
            yield Finding(danger=Danger.FOREIGN, place="the stack", text=f"account {other}")
        if one.path == "NotificationARNs" and one.after:
            words = f"CloudFormation's events go to {text}"
            yield Finding(danger=Danger.SENDS, place="the stack", text=words)
        if one.path == "RoleARN" and one.before is not None:
            words = f"CloudFormation acts as {one.after}"
            yield Finding(danger=Danger.ESCALATES, place="the stack", text=words)
