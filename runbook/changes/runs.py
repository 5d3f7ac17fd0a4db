"""What runs by itself or for others: the code of functions and machines, and what starts it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from runbook.changes.review import Danger, Finding, ResourceChange
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import Template

CODE: Mapping[str, tuple[str, ...]] = {
    "AWS::EC2::Instance": ("ImageId", "LaunchTemplate", "SsmAssociations", "UserData"),
    "AWS::Lambda::Function": (
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

MACHINE = ("Definition", "DefinitionString", "DefinitionSubstitutions")


def of_code(
    changes: Iterable[ResourceChange], before: Reading, after: Reading
) -> Iterator[Finding]:
    """Yield what runs that did not run before. All of a new stack is new, and not repeated."""
    for change in changes:
        old, new = before.resources.get(change.logical_id), after.resources.get(change.logical_id)
        if before.resources and (words := _other_code(old, new)):
            yield Finding(danger=Danger.CODE, place=change.place, text=words)
        if work := _new_work(old, new):
            yield Finding(danger=Danger.CODE, place=change.place, text=work)


def _other_code(old: Template | None, new: Template | None) -> str:
    keys = CODE.get(str((new or {}).get("Type")), ())
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
    return f"by itself, it {said[1]}" if said else "what it does by itself has no description"


def _definition(resource: Template | None) -> str:
    properties = (resource or {}).get("Properties", {})
    return json.dumps([properties.get(key) for key in MACHINE])
