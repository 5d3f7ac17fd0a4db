"""What runs by itself or for others: the code of functions and machines, and what starts it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from runbook.changes.parts import Danger, Finding, ResourceChange
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import CLOSE, OPEN, Template

CODE: Mapping[str, tuple[str, ...]] = {
    "AWS::EC2::Instance": ("ImageId", "LaunchTemplate", "SsmAssociations", "UserData"),
    "AWS::Lambda::Function": (
        "Architectures",
        "Code",
        "Environment",
        "FileSystemConfigs",
        "Handler",
        "ImageConfig",
        "Layers",
        "Runtime",
        "VpcConfig",
    ),
    "AWS::SSM::Document": ("Content",),
    "AWS::SecretsManager::RotationSchedule": ("HostedRotationLambda", "RotationLambdaARN"),
}
"""The properties that decide what runs. A layer or a variable of the environment does so, too.

<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html>
"""

JUDGED = ("Content",)
"""What is judged part by part when it changes: see `consequences.documents`."""
_SETUP = "AWS::CloudFormation::Init"
_ACTIONS = ("AlarmActions", "InsufficientDataActions", "OKActions")
MACHINE = ("Definition", "DefinitionString", "DefinitionSubstitutions")


def of_code(
    changes: Iterable[ResourceChange], before: Reading, after: Reading
) -> Iterator[Finding]:
    """Yield what runs that did not run before. All of a new stack is new, and not repeated."""
    for change in changes:
        old, new = before.resources.get(change.logical_id), after.resources.get(change.logical_id)
        if before.resources and (words := _other_code(old, new)):
            yield Finding(danger=Danger.CODE, place=change.place, text=words)
        for work in (_new_work(old, new), _new_actions(old, new), _other_setup(old, new)):
            if work:
                yield Finding(danger=Danger.CODE, place=change.place, text=work)


def _other_code(old: Template | None, new: Template | None) -> str:
    keys = [
        key for key in CODE.get(str((new or {}).get("Type")), ()) if not (old and key in JUDGED)
    ]
    sides = [(side or {}).get("Properties", {}) for side in (old, new)]
    other = [key for key in keys if sides[0].get(key) != sides[1].get(key)]
    if not other:
        return ""
    if not old:
        return "code that is new to this stack"
    return "other code" if "Code" in other else f"other {', '.join(other)}"


def _new_work(old: Template | None, new: Template | None) -> str:
    """Say what a state machine does by itself from now on, in its own words where it has some."""
    texts = [_definition(side) for side in (old, new)]
    if (new or {}).get("Type") != "AWS::StepFunctions::StateMachine" or texts[0] == texts[1]:
        return ""
    said = re.search(r'"Comment" *: *"([^"\\]+)"', texts[1].replace('\\"', '"'))
    words = (
        f"by itself, it {said[1][:1].lower()}{said[1][1:]}"
        if said
        else "what it does by itself has no description"
    )
    return f"its definition changes; by its own words: {words}" if old else words


def _new_actions(old: Template | None, new: Template | None) -> str:
    """Say what an alarm does from now on, besides telling a topic: stop a machine, call a function.

    <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html>
    """
    was, becomes = (_actions(side) for side in (old, new))
    return f"the alarm does: {', '.join(sorted(becomes - was))}" if becomes - was else ""


def _actions(alarm: Template | None) -> set[str]:
    if (alarm or {}).get("Type") != "AWS::CloudWatch::Alarm":
        return set()
    properties = (alarm or {}).get("Properties", {})
    found = {str(action) for key in _ACTIONS for action in properties.get(key, ())}
    return {action for action in found if not _is_topic(action)}


def _is_topic(action: str) -> bool:
    """Tell a topic by its ARN or by a reference, which is its ARN; others have an attribute."""
    if action.startswith("arn:"):
        return action.split(":")[2] == "sns"
    return action.startswith(OPEN) and not action.endswith(f".Arn{CLOSE}")


def _other_setup(old: Template | None, new: Template | None) -> str:
    """Say that what `cfn-init` does on a machine is another: it stands in no property.

    <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-init.html>
    """
    was, becomes = ((side or {}).get("Metadata", {}).get(_SETUP) for side in (old, new))
    return "what cfn-init does on the machine" if becomes is not None and was != becomes else ""


def _definition(resource: Template | None) -> str:
    properties = (resource or {}).get("Properties", {})
    return json.dumps([properties.get(key) for key in MACHINE])
