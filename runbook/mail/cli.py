"""`groundwork mail`: what became of mail, and the mail that SES received."""

from __future__ import annotations

from typing import Annotated

import typer

from runbook.base.options import CONFIGURATION, Configuration, Json

app = typer.Typer(help="What becomes of mail, and why.", no_args_is_help=True)


@app.command()
def explain(
    file: Annotated[
        typer.FileBinaryRead,
        typer.Argument(metavar="FILE", help="A notification, a log or a whole mail; - for a pipe."),
    ],
    as_json: Json = False,
) -> None:
    """Explain bounces, complaints and other notifications of SES, and what to do about each.

    Takes JSON as it comes, in any envelope, one or many; the mail that SNS sent; and the bounce or
    complaint that a mail server returned. Asks AWS nothing.

    Example: groundwork mail explain bounce.eml
    """
    from runbook.mail.notifications.command import explain

    explain(file, as_json=as_json)


@app.command()
def link(
    address: Annotated[str, typer.Argument(help="An address of a domain with receives_mail.")],
    config: Configuration = CONFIGURATION,
) -> None:
    """Print the newest verification link that AWS sent to an address, if it is AWS's own."""
    import boto3

    from runbook.base import aws
    from runbook.base.errors import UserError
    from runbook.base.outputs import Outputs
    from runbook.mail.link import newest_link
    from settings import load

    settings = load(config)
    aws.caller_in(settings.account, settings.region)
    domain = address.rpartition("@")[2]
    declared = settings.mail.domains.get(domain)
    if declared is None or not declared.receives_mail:
        raise UserError(
            f"SES receives no mail for {address}.", "Say receives_mail: true at its domain."
        )
    region = declared.regions[0]
    bucket = Outputs(settings, region).one("The bucket of ", "received mail")
    client = boto3.client("s3", region_name=region, config=aws.CONFIG)
    found = newest_link(client, bucket, address if address in settings.mail.addresses else domain)
    if found is None:
        raise UserError(
            f"No verification mail for {address} is in {bucket}.", "AWS sends it again on request."
        )
    print(found)
