"""Deployed stacks of ours that the file no longer has: they are named, and left as they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes.change_set import find_stack
from settings.contract import is_described_as_ours
from settings.plan import StackId

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


def undeclared(
    declared: Collection[str], regions: Collection[str], environment: str | None
) -> list[str]:
    """Return our stacks that are deployed in some regions, but that nobody declares any more."""

    def look(region: str) -> list[str]:
        with suppress(BotoCoreError, ClientError, UserError):  # a region that is not enabled
            return [
                name
                for name in _named_like_ours(region, environment)
                if name not in declared and _is_ours(aws.cloudformation(region), name)
            ]
        return []

    with ThreadPoolExecutor(max_workers=8) as pool:
        return sorted(name for names in pool.map(look, regions) for name in names)


def _named_like_ours(region: str, environment: str | None) -> Iterator[str]:
    for page in aws.cloudformation(region).get_paginator("list_stacks").paginate():
        for stack in page["StackSummaries"]:
            gone = stack["StackStatus"] in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
            found = StackId.parse(stack["StackName"], environment)
            if not gone and found and found.region == region:
                yield stack["StackName"]


def _is_ours(client: CloudFormationClient, name: str) -> bool:
    found = find_stack(client, name)
    return found is not None and is_described_as_ours(found.get("Description", ""))
