"""What was built: read from AWS, for the person who has to go on from there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import boto3
from botocore.exceptions import ClientError
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from runbook import aws
from runbook.assembly import Assembly, Stack
from settings import Settings


def present(console: Console, settings: Settings, assembly: Assembly) -> None:
    """Print identities and their DNS records, topics, databases, buckets and users."""
    outputs = {stack.name: dict(_outputs(stack)) for stack in assembly.stacks}
    _mail(console, settings, outputs)
    _data(console, settings, outputs)
    _backup(console, settings)


def _outputs(stack: Stack) -> Iterator[tuple[str, tuple[str, str]]]:
    with suppress(ClientError):
        described = aws.cloudformation(stack.region).describe_stacks(StackName=stack.name)
        for output in described["Stacks"][0].get("Outputs", ()):
            yield output["OutputKey"], (output["OutputValue"], output.get("Description", ""))


def _client(service: Any, region: str) -> Any:
    return boto3.client(service, region_name=region, config=aws.CONFIG)
