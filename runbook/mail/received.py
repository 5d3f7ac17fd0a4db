"""The mail that SES received and keeps in a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import boto3

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.base.outputs import Outputs
from settings.contract import Output

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from settings import Settings


@dataclass(frozen=True)
class Mailbox:
    """Where the mail to one address is kept, and the region in which SES receives it."""

    client: S3Client
    bucket: str
    prefix: str

    def since(self, moment: datetime) -> Iterator[bytes]:
        """Yield the messages that came after a moment, the newest first."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self.prefix
        )
        found = [item for page in pages for item in page.get("Contents", ())]
        found.sort(key=lambda item: item["LastModified"], reverse=True)
        for item in found:
            if item["LastModified"] >= moment:
                yield self.client.get_object(Bucket=self.bucket, Key=item["Key"])["Body"].read()


def mailbox(settings: Settings, address: str) -> Mailbox | None:
    """Return where the mail to an address is kept; None where SES does not receive it.

    An address that the file declares has a rule and a prefix of its own; mail to any other address
    lies under its domain's.
    """
    domain = address.rpartition("@")[2]
    declared = settings.mail.domains.get(domain)
    if declared is None or not declared.receives_mail:
        return None
    region = declared.regions[0]
    return Mailbox(
        client=boto3.client("s3", region_name=region, config=aws.CONFIG),
        bucket=_bucket(settings, region),
        prefix=f"{address if address in settings.mail.addresses else domain}/",
    )


def _bucket(settings: Settings, region: str) -> str:
    outputs = Outputs(settings, Output.RECEIVED_MAIL)
    bucket = outputs.by_region(Output.RECEIVED_MAIL, "").get(region)
    if bucket is None:
        raise UserError(
            f"Received mail in {region} is {outputs.lack(Output.RECEIVED_MAIL, '')}.",
            "Deploy it: groundwork changes prepare",
        )
    return bucket
