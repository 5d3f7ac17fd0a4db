"""`groundwork mail`: what became of mail, and the mail that SES received."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runbook.base.names import Kind
from runbook.base.options import CONFIGURATION, Configuration, Json, Server

if TYPE_CHECKING:
    from settings import Settings

app = typer.Typer(help="What becomes of mail, and why.", no_args_is_help=True)


@app.command()
def status(as_json: Json = False, config: Configuration = CONFIGURATION) -> None:
    """Show what SES says of everything that the file declares, and how to fix what is not right.

    Identities with their DKIM and MAIL FROM, the sandbox, the quota, the
    reputation, suppression, feedback, subscriptions, configuration sets and
    receiving. The exit status is 1 when something needs attention.

    Example: groundwork mail status --json
    """
    from datetime import UTC, datetime

    from runbook.mail.status import command

    if command.status(_settings(config), datetime.now(UTC), as_json=as_json):
        raise typer.Exit(1)


@app.command()
def explain(
    file: Annotated[
        typer.FileBinaryRead,
        typer.Argument(metavar="FILE", help="A notification, a log or a whole mail; - for a pipe."),
    ],
    as_json: Json = False,
) -> None:
    """Explain bounces, complaints and other notifications of SES, and what to do about each.

    Takes JSON as it comes, in any envelope, one or many; the mail that SNS
    sent; and the bounce or complaint that a mail server returned. Asks AWS
    nothing. Exit status: 0, or 1 if nothing in it can be explained.

    Example: groundwork mail explain bounce.eml
    """
    from runbook.mail.notifications.command import explain

    explain(file, as_json=as_json)


@app.command("may-send")
def may_send(
    sender: Annotated[str, typer.Argument(help="A sender of mail.senders.")],
    from_address: Annotated[str, typer.Argument(metavar="FROM", help="Its From address.")],
    to: Annotated[list[str] | None, typer.Option(help="A recipient; one option for each.")] = None,
    envelope: Annotated[
        str, typer.Option(help="The envelope's sender (Return-Path), where it is not FROM.")
    ] = "",
    configuration_set: Annotated[
        str, typer.Option(help="The set that X-SES-CONFIGURATION-SET names, if not the sender's.")
    ] = "",
    as_json: Json = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Say whether a sender may send as an address, and what decides that, without sending.

    SES's own settings and IAM's simulation answer, in each region of the
    sender. The exit status is 1 for no.

    Example: groundwork mail may-send app app@example.org --to jane@example.net
    """
    from runbook.mail.permission.command import Asked, may_send

    asked = Asked(sender, from_address, to or (), envelope, configuration_set)
    if not may_send(_settings(config, sender), asked, as_json=as_json):
        raise typer.Exit(1)


@app.command()
def dmarc(
    file: Annotated[
        typer.FileBinaryRead,
        typer.Argument(metavar="FILE", help="A received message with all headers; - for a pipe."),
    ],
    trust: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Take SPF from what this receiver wrote into Authentication-Results.",
        ),
    ] = None,
    server: Server = None,
    as_json: Json = False,
) -> None:
    """Say whether a received message passes DMARC: every signature, SPF, and their alignment.

    Exit status: 0 it passes, 1 it does not, 3 a name server did not answer.

    Example: groundwork mail dmarc received.eml
    """
    from runbook.mail.dmarc.command import dmarc

    raise typer.Exit(dmarc(file, server, trust, as_json=as_json))


@app.command("test")
def try_out(
    sender: Annotated[str, typer.Argument(help="A sender of mail.senders.")],
    region: Annotated[
        str | None, typer.Option(help="One of its regions; the first by default.")
    ] = None,
    wait: Annotated[
        float, typer.Option(min=0, max=3600, help="Seconds to wait for what becomes of them.")
    ] = 120,
    as_json: Json = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Send as a sender does, to SES's mailbox simulator, and follow what becomes of the messages.

    By SMTP with STARTTLS and the sender's own password: a message each that
    is delivered, bounced, complained about and suppressed. What becomes of
    them is awaited at every place that the file declares: the sender's delivery
    log, and the topics of its set, its contacts and its identity, at which a
    queue listens for that long. The exit status is 1 when a message is refused,
    or a place is not told in time.

    Example: groundwork mail test app
    """
    from runbook.mail.simulator.command import test

    settings = _settings(config, sender, changing=True)
    if not test(settings, sender, region, wait, as_json=as_json):
        raise typer.Exit(1)


@app.command()
def suppressed(
    address: Annotated[str | None, typer.Argument(help="An address; all by default.")] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove the address from the list.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before removing.")] = False,
    as_json: Json = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Show who is on the account's suppression list, since when and why, or take an address off.

    SES accepts mail to an address on the list, and does not send it. The exit
    status is 1 for an address that is on the list, and 0 for one that is not.

    Example: groundwork mail suppressed jane@example.net --remove
    """
    from runbook.base.errors import UserError
    from runbook.mail import suppressed

    settings = _settings(config, changing=bool(address and remove))
    if address is None:
        if remove:
            raise UserError(
                "No address to remove.",
                "Pass one with --remove: groundwork mail suppressed ADDRESS --remove",
            )
        suppressed.show_all(settings, as_json=as_json)
    elif remove:
        suppressed.remove(settings, address, _confirm(yes))
    elif suppressed.show(settings, address, as_json=as_json):
        raise typer.Exit(1)


@app.command()
def verify(
    address: Annotated[str, typer.Argument(help="An address of mail.addresses.")],
    wait: Annotated[
        float, typer.Option(min=0, max=3600, help="Seconds to wait for a mail that SES receives.")
    ] = 300,
    as_json: Json = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Have AWS send the mail that verifies an address again, and print its link where SES gets it.

    A link is good for 24 hours. Where the file has SES receive the address's
    mail, this waits for the mail and prints the link, if it is AWS's own, for
    this address and account. The exit status is 1 when no such mail came.

    Example: groundwork mail verify data@example.org
    """
    from runbook.mail import verification

    settings = _settings(config, address, Kind.ADDRESS, changing=True)
    found = verification.verify(settings, address, wait, _say)
    if as_json:
        print(verification.as_json(found))
    for outcome in () if as_json else found:
        if outcome.link:
            print(outcome.link)
    if any(outcome.awaited and not outcome.link for outcome in found):
        raise typer.Exit(1)


@app.command()
def link(
    address: Annotated[str, typer.Argument(help="An address of a domain with receives_mail.")],
    as_json: Json = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Print the newest link that verifies an address, from the mail that SES received for it.

    Only AWS's own link is printed, for this address, region and account:
    anybody can write to it. The exit status is 1 when there is none.

    Example: groundwork mail link data@example.org
    """
    from runbook.mail import verification

    found = verification.newest_link(_settings(config), address, _say)
    print(json.dumps({"address": address, "link": found}) if as_json else found)


def _say(line: str) -> None:
    """Tell the person at the terminal, beside what a program reads."""
    print(line, file=sys.stderr)


def _settings(
    config: Path, name: str | None = None, kind: Kind = Kind.SENDER, *, changing: bool = False
) -> Settings:
    """Read the file, look up the name that the command was given, and then ask who is calling.

    Where the command is `changing` something, say whose account that is.
    """
    from runbook.base import aws
    from runbook.base.names import require
    from settings import load

    settings = load(config)
    if name is not None:
        require(settings, name, kind)
    who = aws.caller_in(settings.account, settings.region)
    if changing:
        aws.announce(who, settings.region)
    return settings


def _confirm(yes: bool) -> Callable[[str], bool]:
    """Ask at a terminal; elsewhere nobody can answer, and only --yes agrees."""
    if yes:
        return lambda _: True
    return typer.confirm if sys.stdin.isatty() else lambda _: False
