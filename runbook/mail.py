"""`groundwork mail`: the link that verifies an address, read from the mail that SES received."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

app = typer.Typer(help="Mail that SES received.", no_args_is_help=True)

_LINK = re.compile(r"https?://[^\s<>\"']+")
_HOST = re.compile(r"email-verification\.[a-z0-9-]+\.amazonaws\.com")


@app.callback()
def _group() -> None:
    """Keep `link` a command of its own while it is the only one."""


@app.command()
def link(
    address: Annotated[str, typer.Argument(help="An address of a domain with receives_mail.")],
    config: Annotated[Path, typer.Option("--config", "-c")] = Path("groundwork.yaml"),
) -> None:
    """Print the newest verification link that AWS sent to an address, if it is AWS's own."""
    import boto3

    from runbook import aws
    from runbook.fault import Fault
    from runbook.outputs import Outputs
    from settings import load

    settings = load(config)
    aws.caller_in(settings.account, settings.region)
    domain = address.rpartition("@")[2]
    declared = settings.mail.domains.get(domain)
    if declared is None or not declared.receives_mail:
        raise Fault(
            f"SES receives no mail for {address}.", "Say receives_mail: true at its domain."
        )
    region = declared.regions[0]
    bucket = Outputs(settings, region).one("The bucket of ", "received mail")
    client = boto3.client("s3", region_name=region, config=aws.CONFIG)
    found = newest_link(client, bucket, address if address in settings.mail.addresses else domain)
    if found is None:
        raise Fault(
            f"No verification mail for {address} is in {bucket}.", "AWS sends it again on request."
        )
    print(found)


def newest_link(client: Any, bucket: str, recipient: str) -> str | None:
    """Look through the mail below an address or a domain, the newest first."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{recipient}/")
    objects = [item for page in pages for item in page.get("Contents", ())]
    for item in sorted(objects, key=lambda item: item["LastModified"], reverse=True):
        body = client.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
        if link := verification_link(body):
            return link
    return None


def verification_link(mail: bytes) -> str | None:
    """Return the link of a verification mail; None unless it leads to AWS's own host over https.

    Anybody can write to the address, and put a link of theirs into a mail that looks like AWS's.
    """
    message = message_from_bytes(mail, policy=policy.default)
    part = message.get_body(preferencelist=("plain", "html"))
    text = part.get_content() if part else ""
    for candidate in _LINK.findall(text):
        try:
            parts = urlsplit(candidate)
            genuine = parts.port is None and not (parts.username or parts.password)
        except ValueError:
            continue
        if parts.scheme == "https" and genuine and _HOST.fullmatch(parts.hostname or ""):
            return str(candidate)
    return None
