"""What was built: read from AWS, for the person who has to go on from there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import boto3
from botocore.exceptions import ClientError
from rich.console import Console
from rich.text import Text

from runbook.base import aws
from runbook.base.outputs import Outputs
from settings import Settings
from settings.contract import Output
from settings.plan import plans
from settings.plan.mail import MailItems


def present(console: Console, settings: Settings) -> None:
    """Print identities and their DNS records, topics, senders, databases, buckets and users."""
    outputs = Outputs(settings)
    for title, rows in (
        ("Identities", _identities(settings)),
        ("Topics", _topics(settings)),
        ("Senders", _senders(settings, outputs)),
        ("Databases; to connect: groundwork database show NAME", _databases(outputs)),
        ("Buckets and users", _buckets(settings, outputs)),
    ):
        _table(console, title, list(rows))
    for domain in dict.fromkeys(outputs.items(Output.DNS_RECORDS)):
        if settings.mail.domains[domain].dns.route53_zone:
            continue
        records = "\n".join(outputs.by_region(Output.DNS_RECORDS, domain).values())
        lines = [line.split("\t") for line in records.split("\n")]
        _table(console, f"DNS records to add to {domain}", lines)


def after_execution(console: Console, settings: Settings) -> None:
    """Print what was built, and what comes next.

    The changes are made by then: a role that may execute them and read nothing else is no failure.
    """
    try:
        present(console, settings)
    except ClientError as error:
        console.print(Text(f"\nThis role does not see what was built: {aws.reason(error)}"))
    console.print("\nNext: groundwork status, as a role that may read; groundwork dns check")


def _identities(settings: Settings) -> Iterator[list[str]]:
    regions = {name: item.regions for name, item in settings.mail.domains.items()}
    regions |= {name: item.regions for name, item in settings.mail.addresses.items()}
    for name in regions:
        for region in regions[name]:
            found = _client("sesv2", region).get_email_identity(EmailIdentity=name)
            state = "verified" if found["VerifiedForSendingStatus"] else "not verified yet"
            yield [name, region, state]


def _topics(settings: Settings) -> Iterator[list[str]]:
    for plan in plans(settings):
        if isinstance(plan.items, MailItems):
            client = _client("sns", plan.region)
            for name in plan.items.topics:
                arn = f"arn:aws:sns:{plan.region}:{settings.account}:{name}"
                found = client.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
                yield [name, plan.region, ", ".join(sorted(item["Endpoint"] for item in found))]


def _senders(settings: Settings, outputs: Outputs) -> Iterator[list[str]]:
    for name, sender in settings.mail.senders.items():
        yield [
            name,
            ", ".join(sender.from_addresses),
            _secret(outputs.get(Output.SENDER_SECRET, name)),
        ]


def _databases(outputs: Outputs) -> Iterator[list[str]]:
    for name in outputs.items(Output.DATABASE_ADDRESS):
        secret = outputs.get(Output.DATABASE_SECRET, name)
        yield [name, outputs[Output.DATABASE_ADDRESS, name], _secret(secret)]


def _buckets(settings: Settings, outputs: Outputs) -> Iterator[list[str]]:
    for name, bucket in settings.backup.buckets.items():
        for user, item in bucket.users.items():
            yield [
                name,
                bucket.region,
                f"{user} ({item.tool})",
                _secret(outputs.get(Output.USER_SECRET, user)),
            ]
        if not bucket.users:
            yield [name, bucket.region]


def _secret(arn: str | None) -> str:
    return f"in the secret {arn.rpartition(':')[2]}" if arn else ""


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
