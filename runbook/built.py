"""What was built: read from AWS, for the person who has to go on from there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import zip_longest
from typing import Any

import boto3
from botocore.exceptions import ClientError
from rich.console import Console
from rich.text import Text

from runbook import aws
from runbook.assembly import Assembly, Stack
from settings import Settings


class Outputs:
    """The outputs of the deployed stacks, found by the end of their names."""

    def __init__(self, assembly: Assembly) -> None:
        self._found = [output for stack in assembly.stacks for output in _outputs(stack)]

    def ending(self, end: str) -> Iterator[tuple[str, str]]:
        """Yield the description and value of every output of a kind, as in `Address`."""
        for output in self._found:
            if output["OutputKey"].endswith(end):
                yield output.get("Description", output["OutputKey"]), output["OutputValue"]


def present(console: Console, settings: Settings, assembly: Assembly) -> None:
    """Print identities and their DNS records, topics, databases, buckets and users."""
    outputs = Outputs(assembly)
    for title, rows in (
        ("Identities", _identities(settings)),
        ("Topics", _topics(settings)),
        ("Databases", _databases(outputs)),
        ("Buckets and users", _buckets(settings)),
    ):
        _table(console, title, list(rows))
    for description, records in outputs.ending("Records"):
        _table(
            console, f"{description}; add these", [line.split("\t") for line in records.split("\n")]
        )


def _outputs(stack: Stack) -> list[Any]:
    with suppress(ClientError):
        described = aws.cloudformation(stack.region).describe_stacks(StackName=stack.name)
        return list(described["Stacks"][0].get("Outputs", ()))
    return []


def _identities(settings: Settings) -> Iterator[list[str]]:
    regions = {name: item.regions for name, item in settings.mail.domains.items()}
    regions |= {name: item.regions for name, item in settings.mail.addresses.items()}
    for name in regions:
        for region in regions[name]:
            found = _client("sesv2", region).get_email_identity(EmailIdentity=name)
            state = "verified" if found["VerifiedForSendingStatus"] else "not verified yet"
            yield [name, region, state]


def _topics(settings: Settings) -> Iterator[list[str]]:
    for region in sorted({region for region, _ in settings.mail.places()}):
        client = _client("sns", region)
        for topic in client.list_topics()["Topics"]:
            subscribers = client.list_subscriptions_by_topic(TopicArn=topic["TopicArn"])[
                "Subscriptions"
            ]
            yield [
                topic["TopicArn"].rpartition(":")[2],
                region,
                ", ".join(sorted(item["Endpoint"] for item in subscribers)),
            ]


def _databases(outputs: Outputs) -> Iterator[list[str]]:
    secrets = {
        text.removeprefix("Holds the password of "): arn for text, arn in outputs.ending("Secret")
    }
    for text, address in outputs.ending("Address"):
        name = text.removeprefix("Where ").removesuffix(" listens")
        yield [
            name,
            address,
            f"password in {secrets[name].rpartition(':')[2]}" if name in secrets else "",
        ]


def _buckets(settings: Settings) -> Iterator[list[str]]:
    for name, bucket in settings.backup.buckets.items():
        yield [
            name,
            bucket.region,
            ", ".join(f"{user} ({item.tool})" for user, item in bucket.users.items()),
        ]


def _table(console: Console, title: str, rows: list[list[str]]) -> None:
    """Print rows in columns. A long line is not broken, so that it can be copied whole."""
    if not rows:
        return
    columns = zip_longest(*rows, fillvalue="")
    widths = [max(len(cell) for cell in column) for column in columns]
    console.print(Text(f"\n{title}", style="bold"))
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        console.print(Text("  " + "  ".join(cells).rstrip()), soft_wrap=True)


def _client(service: Any, region: str) -> Any:
    return boto3.client(service, region_name=region, config=aws.CONFIG)
