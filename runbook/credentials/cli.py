"""`groundwork credentials`: show, renew and list the keys and passwords that the file declares."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from runbook.base.names import Kind
from runbook.base.options import CONFIGURATION, Configuration, Json
from runbook.credentials.forms import Form, listing

app = typer.Typer(help="Keys and passwords: show, renew, list.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="A sender, backup user, database or consumer.")]


class Holder(StrEnum):
    """What has credentials, as an option takes it."""

    SENDER = Kind.SENDER.slug
    BACKUP_USER = Kind.BACKUP_USER.slug
    DATABASE = Kind.DATABASE.slug
    CONSUMER = Kind.CONSUMER.slug


To = Annotated[Path | None, typer.Option(help="Write this file, which only you can read.")]
Region = Annotated[str | None, typer.Option(help="One of a sender's regions.")]
Port = Annotated[int | None, typer.Option(help="SES's port: 587 by default; 465 for implicit TLS.")]
MainCf = Annotated[
    Path | None, typer.Option("--from", help="For postfix: the relay's main.cf as it is.")
]
Shared = Annotated[
    bool, typer.Option("--shared", help="For postfix: it relays for others as well.")
]
Rate = Annotated[
    int | None,
    typer.Option(min=1, help="For postfix: messages a second; the account's by default."),
]
Chosen = Annotated[
    Holder | None, typer.Option("--kind", help="The kind of item, if several have that name.")
]


@app.command()
def show(  # noqa: PLR0913, PLR0917 - the options of a command
    name: Name,
    form: Annotated[Form, typer.Option("--as", metavar="FORM", help=listing())],
    to: To = None,
    kind: Chosen = None,
    region: Region = None,
    port: Port = None,
    main_cf: MainCf = None,
    shared: Shared = False,
    rate: Rate = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Print even to a terminal.")] = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Print credentials as a product takes them, and nothing else.

    Postfix takes several files: --to names their folder then.

    Example: groundwork credentials show credere --as django --to mail.py

    Example: groundwork credentials show credere --as postfix --from main.cf
    --to relay
    """
    from runbook.credentials import relay
    from runbook.credentials import show as command

    chosen = Kind[kind.name] if kind else None
    given = main_cf is not None or shared or rate is not None
    postfix = relay.Asked(main_cf=main_cf, shared=shared, rate=rate) if given else None
    asked = command.Asked(name, form, kind=chosen, region=region, port=port, postfix=postfix)
    command.show(config, asked, to, reveal=reveal)


@app.command()
def rotate(name: Name, config: Configuration = CONFIGURATION) -> None:
    """Raise the number in the file by one, so that the next deployment renews.

    Nothing else in the file changes. The key in use works on until the next
    renewal.

    Example: groundwork credentials rotate credere
    """
    from runbook.credentials.rotate import rotate

    rotate(config, name)


@app.command("list")
def list_(
    older_than: Annotated[
        int | None,
        typer.Option(
            "--older-than", min=0, help="Exit with 1 if any is older than this many days."
        ),
    ] = None,
    as_json: Json = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """List all credentials: their age, last use, readers, and the key before.

    Exits with 1 if an item of the file has none, or one is too old.

    Example: groundwork credentials list --older-than 365
    """
    from runbook.credentials.listing import show

    show(config, older_than, as_json=as_json)
