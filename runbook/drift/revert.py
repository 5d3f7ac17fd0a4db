"""Taking drift back: change sets that compare with what is there, reviewed like every other.

<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html>
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from rich.console import Console

from runbook.base import aws, project
from runbook.base.assembly import Assembly
from runbook.base.errors import UserError
from runbook.base.options import naming
from runbook.changes import change_set as change_sets
from runbook.changes.change_set import find_stack, remove
from runbook.changes.commands import SAVED
from runbook.changes.context import Context
from runbook.changes.locks import preparing
from runbook.changes.prepare import Preparation, discarded_unless_saved, finished, now, review
from runbook.changes.render import terminal
from runbook.changes.review import Review, StackReview
from runbook.changes.usable import usable
from runbook.drift.change import Drift

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef


def prepare(
    console: Console, found: Drift, configuration: Path, state: Path, *, replace: bool = False
) -> None:
    """Make a drift-aware change set for each drifted stack, and save their review.

    Where somebody else has a review of one of the stacks open, that is refused, or with `replace`
    discarded first.
    """
    context = Context.at(configuration, state)
    with console.status("Synthesizing the stacks"):
        assembly = project.synthesize(configuration, state / "assembly")
    names = {change.stack for change in found.changes if change.reversible}
    with preparing(context, names, replace=replace) as save:
        made = _review(context, assembly, names, configuration.name)
        made = made.model_copy(update={"drift": found, "takes_back": True})
        with discarded_unless_saved(made):
            terminal.present(made, console)
            if made.changed:
                save(made)
    if made.changed:
        place = context.records.store.place
        console.print(f"\n{SAVED.format(id=made.id, place=place)}", soft_wrap=True)
        following = f"Next: groundwork changes approve {made.id}{naming(configuration)}"
        console.print(following, markup=False, soft_wrap=True)


def _review(context: Context, assembly: Assembly, stacks: Collection[str], file: str) -> Review:
    preparation = Preparation.of(assembly, now())
    try:
        found = list(_change_sets(preparation, stacks))
    except BaseException:
        preparation.discard()
        raise
    return review(
        assembly,
        found,
        name=preparation.name,
        configuration=file,
        prepared_by=context.caller.arn,
        now=now(),
    )


def _change_sets(preparation: Preparation, names: Collection[str]) -> Iterator[StackReview]:
    for stack in preparation.assembly.stacks:
        if stack.name not in names:
            continue
        client = aws.cloudformation(stack.region)
        current = find_stack(client, stack.name)
        usable(stack.name, current)
        parameters: list[ParameterTypeDef] = [
            {"ParameterKey": item["ParameterKey"], "UsePreviousValue": True}
            for item in (current.get("Parameters", ()) if current else ())
        ]
        try:
            answer = client.create_change_set(
                StackName=stack.name,
                ChangeSetName=preparation.name,
                ChangeSetType="UPDATE",
                UsePreviousTemplate=True,
                Parameters=parameters,
                RoleARN=stack.execution_role,
                Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
                DeploymentMode="REVERT_DRIFT",
                Description="Prepared by groundwork for review",
            )
        except ClientError as error:
            reason = aws.reason(error)
            raise UserError(f"{stack.name}: drift cannot be reverted: {reason}") from None
        description = finished(client, stack, answer["Id"])
        if description["Status"] == "FAILED":
            remove(client, stack.name, preparation.name)
            continue
        yield change_sets.read(
            stack.region, answer["Id"], depends_on=stack.depends_on, role=stack.execution_role
        )
