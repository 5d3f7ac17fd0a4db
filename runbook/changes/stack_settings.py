"""What a change set sets of the stack: tags, whom CloudFormation notifies, as whom it acts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from runbook.changes.dangers import ACCOUNT
from runbook.changes.parts import Danger, Difference, Finding
from runbook.changes.template.values import differences
from settings.contract import DRILL_TAG, STACK_TAG

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import DescribeChangeSetOutputTypeDef, StackTypeDef

SETTINGS = ("NotificationARNs", "RollbackConfiguration", "Tags", "OnStackFailure")
"""What a change set sets of its stack, besides the template and its parameters."""
_DEPLOYMENT = "DeploymentConfig"
USUAL = ("STANDARD", False)


def of_stack(
    stack: StackTypeDef | None, change_set: DescribeChangeSetOutputTypeDef, role: str = ""
) -> Iterator[Difference]:
    """Yield what differs about the stack itself. A new one is compared with nothing.

    `role` is as whom CloudFormation was asked to act: a change set does not say it, the deployed
    stack does. <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html>
    """
    for key in SETTINGS:
        yield from differences(_setting(stack, key), _setting(change_set, key), (key,))
    deployment = change_set.get("DeploymentConfig", {})
    unusual = {key: value for key, value in deployment.items() if value not in USUAL}
    yield from differences(None, unusual or None, (_DEPLOYMENT,))
    deployed = stack.get("RoleARN", "") if stack else ""
    if role and deployed and role != deployed:
        yield Difference(path="RoleARN", before=deployed, after=role)


def _setting(side: StackTypeDef | DescribeChangeSetOutputTypeDef | None, key: str) -> object:
    if side is None or not side.get(key):
        return None
    return {tag["Key"]: tag["Value"] for tag in side["Tags"]} if key == "Tags" else side.get(key)


def _reserved(one: Difference, stack: str) -> Iterator[tuple[str, object]]:
    """Yield the tags of policies that CloudFormation would pass on, but for the stack's own name.

    <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html>
    """
    head, _, key = one.path.partition(".")
    tags = {key: one.after} if key else one.after
    if head != "Tags" or not isinstance(tags, dict):
        return
    for tag in (STACK_TAG, DRILL_TAG):
        value = tags.get(tag)
        if value is not None and (tag, value) != (STACK_TAG, stack):
            yield tag, value


def of_settings(settings: Iterable[Difference], account: str, stack: str) -> Iterator[Finding]:
    """Yield what the change set sets of the stack itself: who is notified, and who acts."""
    for one in settings:
        text = json.dumps(one.after)
        for other in sorted({*ACCOUNT.findall(text)} - {account}):
            yield Finding(danger=Danger.FOREIGN, place="the stack", text=f"account {other}")
        for tag, value in _reserved(one, stack):
            words = f"the tag {tag}, on which policies rely, is {value} on every resource"
            yield Finding(danger=Danger.ESCALATES, place="the stack", text=words)
        if one.path == "NotificationARNs" and one.after:
            words = f"CloudFormation's events go to {text}"
            yield Finding(danger=Danger.SENDS, place="the stack", text=words)
        if one.path == "RoleARN":
            words = f"CloudFormation acts as {one.after}, no longer as {one.before}"
            yield Finding(danger=Danger.ESCALATES, place="the stack", text=words)
        if one.path == _DEPLOYMENT:
            words = f"CloudFormation does not wait, or roll back, as it usually does: {text}"
            yield Finding(danger=Danger.WEAKENED, place="the stack", text=words)
