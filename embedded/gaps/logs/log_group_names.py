"""The names of log groups that a template does not name."""

from __future__ import annotations

from embedded.gaps._ministack import HANDLERS, Created, Properties, generated_name
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A log group without a name is named after its stack and its logical id.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-logs-loggroup.html"
    ),
    ministack="It begins with `/aws/cloudformation/`: policies on the stack's name miss it.",
    effect=Effect.CAPABLE,
)
TYPE, NAME = "AWS::Logs::LogGroup", "LogGroupName"


def install() -> None:
    """Name it before ministack does."""
    pristine = dict(HANDLERS[TYPE])

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        named = {NAME: generated_name(stack, logical_id, 512), **properties}
        created: Created = pristine["create"](logical_id, named, stack)
        return created

    def update(
        name: str, old: Properties, new: Properties, stack: str, *logical_id: str
    ) -> Created:
        kept = {NAME: name}
        updated: Created = pristine["update"](name, kept | old, kept | new, stack, *logical_id)
        return updated

    HANDLERS[TYPE] = {**pristine, "create": create, "update": update}
