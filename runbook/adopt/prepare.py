"""The import as a review: change sets that take resources in and touch none of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from runbook.adopt.importing import Import, imports, template
from runbook.adopt.item import Item
from runbook.base import aws
from runbook.base.assembly import Assembly, Stack
from runbook.base.errors import UserError
from runbook.changes import change_set as change_sets
from runbook.changes.change_set import find_stack
from runbook.changes.prepare import Preparation, finished, remove, usable
from runbook.changes.review import StackReview
from runbook.changes.template import held
from runbook.changes.template.values import Template
from settings.plan import StackId

MOST_CHARACTERS = 51_200
"""Of a template that is part of the call: CloudFormation's limit."""


def change_sets_for(preparation: Preparation, items: Iterable[Item]) -> list[StackReview]:
    """Make an import change set for each stack that resources come into, and read it.

    None is left when one of them cannot be made.
    """
    found = [*items]
    try:
        return [
            review
            for stack in preparation.assembly.stacks
            for review in _of_stack(preparation, stack, found)
        ]
    except BaseException:
        preparation.discard()
        raise


def _of_stack(preparation: Preparation, stack: Stack, items: list[Item]) -> Iterator[StackReview]:
    client = aws.cloudformation(stack.region)
    final = _final(preparation.assembly, stack)
    current = find_stack(client, stack.name)
    usable(stack.name, current)
    exists = current is not None and current["StackStatus"] != "REVIEW_IN_PROGRESS"
    deployed = held.deployed(client, stack.name).original if exists else {}
    found = imports(final, deployed, _placed(stack, items))
    if not found:
        return
    answer = _create(client, preparation.name, stack, template(final, deployed, found), found)
    description = finished(client, stack.name, answer["Id"])
    if description["Status"] == "FAILED":
        remove(client, stack.name, preparation.name)
        reason = description.get("StatusReason", "")
        raise UserError(f"{stack.name}: CloudFormation cannot import this: {reason}")
    yield change_sets.read(stack.region, answer["Id"], depends_on=())


def _create(client: Any, name: str, stack: Stack, body: Template, found: list[Import]) -> Any:
    text = json.dumps(body, separators=(",", ":"))
    if len(text) > MOST_CHARACTERS:
        raise UserError(
            f"{stack.name}: the template of the import has {len(text):,} characters; "
            f"CloudFormation takes {MOST_CHARACTERS:,}.",
            "Import a part at a time, with --only.",
        )
    try:
        return client.create_change_set(
            StackName=stack.name,
            ChangeSetName=name,
            ChangeSetType="IMPORT",
            TemplateBody=text,
            RoleARN=stack.execution_role,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            ResourcesToImport=[item.request for item in found],
            Description="Prepared by groundwork for review",
        )
    except ClientError as error:
        reason = aws.reason(error)
        raise UserError(f"{stack.name}: CloudFormation cannot import this: {reason}") from None


def _final(assembly: Assembly, stack: Stack) -> Template:
    file = Path(assembly.directory) / f"{stack.construct_id}.template.json"
    read: Template = json.loads(file.read_text(encoding="utf-8"))
    return read


def _placed(stack: Stack, items: list[Item]) -> list[Item]:
    """Return the items of a stack's area and region. A further stack finds its own among them."""
    place = StackId.parse(stack.construct_id)
    return [
        item
        for item in items
        if place and item.area == place.area and stack.region in _regions(item)
    ]


def _regions(item: Item) -> list[str]:
    declared = (item.declared or {}).get("regions", ())
    return [item.region, *declared]
