"""The import as a review: change sets that take resources in and touch none of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore.exceptions import ClientError

from runbook.adopt.importing import Import, imports, template
from runbook.adopt.item import Item, Live
from runbook.base import aws
from runbook.base.assembly import Assembly, Stack
from runbook.base.errors import UserError
from runbook.changes import change_set as change_sets
from runbook.changes.change_set import find_stack, remove
from runbook.changes.prepare import Preparation, finished
from runbook.changes.review import StackReview
from runbook.changes.template import held
from runbook.changes.template.values import Template
from runbook.changes.usable import usable
from settings.plan import StackId

MOST_BYTES = 51_200
"""Of a template that is part of the call; CloudFormation takes up to 1 MB of one in a bucket.

<https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html>
"""


class Made(NamedTuple):
    """The import change set of one stack, and what it takes in."""

    review: StackReview
    imported: tuple[Live, ...]


def change_sets_for(preparation: Preparation, items: Iterable[Item]) -> list[Made]:
    """Make an import change set for each stack that resources come into, and read it.

    None is left when one of them cannot be made.
    """
    found = [*items]
    try:
        return [
            made
            for stack in preparation.assembly.stacks
            for made in _of_stack(preparation, stack, found)
        ]
    except BaseException:
        preparation.discard()
        raise


def concerned(assembly: Assembly, items: Iterable[Item]) -> set[str]:
    """Return the names of the stacks that something may come into."""
    found = [*items]
    return {stack.name for stack in assembly.stacks if _placed(stack, found)}


def left(items: Iterable[Item], made: Iterable[Made]) -> Iterator[tuple[str, Live]]:
    """Yield the region and the resource of what no stack takes in: it stays outside of them."""
    taken = {_identity(live) for one in made for live in one.imported}
    for item in items:
        for live in item.resources:
            if _identity(live) not in taken:
                yield live.region or item.region, live


def _identity(live: Live) -> tuple[str, str, str]:
    return live.type, live.identifier, live.region


def _of_stack(preparation: Preparation, stack: Stack, items: list[Item]) -> Iterator[Made]:
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
    description = finished(client, stack, answer["Id"])
    if description["ExecutionStatus"] != "AVAILABLE":
        remove(client, stack.name, preparation.name)
        reason = description.get("StatusReason", "")
        raise UserError(f"{stack.name}: CloudFormation cannot import this: {reason}")
    review = change_sets.read(stack.region, answer["Id"], role=stack.execution_role)
    yield Made(review, tuple(item.live for item in found))


def _create(client: Any, name: str, stack: Stack, body: Template, found: list[Import]) -> Any:
    text = json.dumps(body, separators=(",", ":"))
    try:
        return client.create_change_set(
            StackName=stack.name,
            ChangeSetName=name,
            ChangeSetType="IMPORT",
            **_template(stack, text),
            RoleARN=stack.execution_role,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            ResourcesToImport=[item.request for item in found],
            Description="Prepared by groundwork for review",
        )
    except ClientError as error:
        reason = aws.reason(error)
        raise UserError(f"{stack.name}: CloudFormation cannot import this: {reason}") from None


def _template(stack: Stack, text: str) -> dict[str, str]:
    """Return the template as the call takes it: itself, or where it was uploaded."""
    if len(text) <= MOST_BYTES:
        return {"TemplateBody": text}
    # Beside the templates that the CDK publishes, in the bucket of its bootstrap.
    place, _, _ = stack.template_url.rpartition("/")
    bucket = place.rpartition("/")[2]
    key = f"{hashlib.sha256(text.encode()).hexdigest()}.import.json"
    client = boto3.client("s3", region_name=stack.region, config=aws.CONFIG)
    try:
        client.put_object(Bucket=bucket, Key=key, Body=text.encode())
    except ClientError as error:
        raise UserError(
            f"{stack.name}: the template of the import has {len(text):,} bytes, more than the "
            f"{MOST_BYTES:,} of a call, and cannot be put into {bucket}: {aws.reason(error)}",
            "Use credentials that may, or import a part at a time, with --only.",
        ) from None
    return {"TemplateURL": f"{place}/{key}"}


def _final(assembly: Assembly, stack: Stack) -> Template:
    file = Path(assembly.directory) / f"{stack.construct_id}.template.json"
    read: Template = json.loads(file.read_text(encoding="utf-8"))
    return read


def _placed(stack: Stack, items: list[Item]) -> list[Item]:
    """Return the items of a stack's area and region, with what they have there.

    A further stack finds its own among them.
    """
    place = StackId.parse(stack.construct_id)
    return [
        replace(item, resources=_in(stack.region, item))
        for item in items
        if place and item.area == place.area and stack.region in item.regions
    ]


def _in(region: str, item: Item) -> tuple[Live, ...]:
    return tuple(live for live in item.resources if live.region in ("", region))
