"""`groundwork mail`: what became of mail, and the mail that SES received."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runbook.base.options import CONFIGURATION, Configuration, Json

if TYPE_CHECKING:
    from settings import Settings

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
def suppressed(
    address: Annotated[str | None, typer.Argument(help="All of the list without one.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the address off.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before removing.")] = False,
    as_json: Json = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Show who is on the account's suppression list, since when and why, or take an address off.

    SES accepts mail to an address on the list, and does not send it. The exit status is 1 for an
    address that is on the list, and 0 for one that is not.

    Example: groundwork mail suppressed jane@example.net --remove
    """
    from runbook.base.errors import UserError
    from runbook.mail import suppressed

    settings = _settings(config)
    if address is None:
        if remove:
            raise UserError("Whom to take off the list?", "Name one address before --remove.")
        suppressed.show_all(settings, as_json=as_json)
    elif remove:
        suppressed.remove(settings, address, _confirm(yes))
    elif suppressed.show(settings, address, as_json=as_json):
        raise typer.Exit(1)


@app.command()
def link(
    address: Annotated[str, typer.Argument(help="An address of a domain with receives_mail.")],
    config: Configuration = CONFIGURATION,
) -> None:
    """Print the newest verification link that AWS sent to an address, if it is AWS's own."""
    import boto3

    from runbook.base import aws
    from runbook.base.errors import UserError
    from runbook.mail.link import newest_link
    from settings import load

    settings = load(config)
    aws.caller_in(settings.account, settings.region)
    domain = address.rpartition("@")[2]
    declared = settings.mail.domains.get(domain)
    if declared is None or not declared.receives_mail:
        raise UserError(
            f"SES receives no mail for {address}.",
            f"Set mail.domains.{domain}.receives_mail: true.",
        )
    region = declared.regions[0]
    bucket = _bucket(settings, region)
    client = boto3.client("s3", region_name=region, config=aws.CONFIG)
    found = newest_link(client, bucket, address if address in settings.mail.addresses else domain)
    if found is None:
        raise UserError(
            f"No verification mail for {address} is in {bucket}.", "AWS sends it again on request."
        )
    print(found)


def _settings(config: Path) -> Settings:
    from runbook.base import aws
    from settings import load

    settings = load(config)
    aws.caller_in(settings.account, settings.region)
    return settings


def _confirm(yes: bool) -> Callable[[str], bool]:
    """Ask at a terminal; elsewhere nobody can answer, and only --yes agrees."""
    if yes:
        return lambda _: True
    return typer.confirm if sys.stdin.isatty() else lambda _: False


def _bucket(settings: Settings, region: str) -> str:
    """Return the bucket of the mail that SES received in a region."""
    from runbook.base.errors import UserError
    from runbook.base.outputs import Outputs
    from settings.contract import Output

    outputs = Outputs(settings, Output.RECEIVED_MAIL)
    bucket = outputs.by_region(Output.RECEIVED_MAIL, "").get(region)
    if bucket is None:
        raise UserError(f"Receiving mail in {region} is not deployed.", "Deploy it, and try again.")
    return bucket
