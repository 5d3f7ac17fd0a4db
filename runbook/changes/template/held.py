"""The templates that CloudFormation holds: the deployed one, and the one of a change set.

Each has two stages: the original, as it was sent, and the processed one, which CloudFormation
executes. They differ where a macro, a transform or a module rewrites the template. We make none of
these, so a change set with one is refused: what they produce could change after the review.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html>
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from pydantic import JsonValue

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes import assets
from runbook.changes.template.values import Template, resources

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import TemplateStageType

SECTIONS = frozenset(
    {
        "AWSTemplateFormatVersion",
        "Conditions",
        "Description",
        "Mappings",
        "Metadata",
        "Outputs",
        "Parameters",
        "Resources",
        "Rules",
    }
)
"""What a template of ours may consist of."""

NESTED = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet")
"""Resources whose own templates stand elsewhere, and are in no review."""

_EXPANDS = ("Fn::Transform", "Fn::ForEach")
_RESOLVED_BY_AWS = "{{resolve:"


@dataclass(frozen=True)
class Held:
    """Both stages of one template."""

    original: Template
    processed: Template

    @property
    def pinned(self) -> list[Template]:
        """Return what an approval is tied to."""
        return [self.original, self.processed]


NOTHING = Held({}, {})


def deployed(client: CloudFormationClient, stack: str) -> Held:
    """Return the template of a stack as it is; an empty one when there is no such stack.

    Any other refusal is an error: a template that cannot be read must not pass for an empty one.
    """
    try:
        return Held(*(_body(client, stage, StackName=stack) for stage in ("Original", "Processed")))
    except ClientError as error:
        if aws.code(error) == "ValidationError" and "does not exist" in aws.reason(error):
            return NOTHING
        why = f"{stack}: the deployed template cannot be read: {aws.reason(error)}"
        raise UserError(why) from None


def proposed(client: CloudFormationClient, change_set: str, stack: str) -> Held:
    """Return the template that a change set would put in place; refuse what we do not make."""
    held = Held(
        *(
            _body(client, stage, StackName=stack, ChangeSetName=change_set)
            for stage in ("Original", "Processed")
        )
    )
    if reasons := sorted({*refused(held)}):
        raise UserError(
            f"The change set has what Groundwork does not make: {'; '.join(reasons)}.",
            "It could become something else after the review. Remove it, and prepare again.",
        )
    return held


def refused(held: Held) -> Iterator[str]:
    """Yield why a template is not one of ours: parts of it would be filled in unseen."""
    yield from (f"the section {name}" for name in held.original if name not in SECTIONS)
    yield from _expanding(held.original)
    for logical_id, resource in resources(held.processed).items():
        kind = str(resource.get("Type", ""))
        if kind in NESTED:
            yield f"the nested stack {logical_id}"
        if kind.endswith("::MODULE"):
            yield f"the module {logical_id}"
    yield from assets.unpinned(held.processed)
    if not _agree(held.original, held.processed):
        yield "a macro that rewrites the template"


def _body(client: CloudFormationClient, stage: TemplateStageType, **names: str) -> Template:
    body: object = client.get_template(TemplateStage=stage, **names)["TemplateBody"]
    # boto3 parses a JSON body itself and leaves a YAML one as text; the CDK writes JSON.
    try:
        parsed = json.loads(body) if isinstance(body, str) and body.strip() else body
    except ValueError:
        why = f"{names['StackName']}: the template is no JSON, so Groundwork did not deploy it."
        raise UserError(why, "Deploy it as JSON, or under another name.") from None
    return dict(parsed or {}) if isinstance(parsed, dict | None) else {}


def _expanding(value: JsonValue) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in value.items():
            if key.startswith(_EXPANDS):
                yield key
            yield from _expanding(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _expanding(inside)


def _agree(original: JsonValue, processed: JsonValue) -> bool:
    """Tell whether both stages say the same, but for dynamic references that AWS looked up."""
    match original, processed:
        case dict(), dict():
            same = original.keys() == processed.keys()
            return same and all(_agree(original[key], processed[key]) for key in original)
        case list(), list():
            same = len(original) == len(processed)
            return same and all(map(_agree, original, processed))
        case str(), str() if _RESOLVED_BY_AWS in original:
            return True
    return original == processed
