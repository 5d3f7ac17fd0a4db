"""`groundwork dns`: the records that a domain needs, and what the DNS answers for them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from runbook.base.options import CONFIGURATION, Configuration, Json, Server

app = typer.Typer(help="The DNS records that mail needs.", no_args_is_help=True)


class Form(StrEnum):
    """How records are written."""

    TABLE = "table"
    LINES = "lines"
    ZONE = "zone"
    CSV = "csv"


class Names(StrEnum):
    """How a record's name is written."""

    HOST = "host"
    WHOLE = "whole"
    RELATIVE = "relative"


@app.command()
def show(
    domain: Annotated[str, typer.Argument(help="A domain of the file.")],
    form: Annotated[
        Form, typer.Option("--as", help="A table, one line each, a BIND zone, or CSV.")
    ] = Form.TABLE,
    names: Annotated[
        Names,
        typer.Option(help="As the domain's DNS host takes them, whole, or without the domain."),
    ] = Names.HOST,
    as_json: Json = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Show the records that a deployed domain needs, as its DNS host takes them.

    Exit status: 0, or 1 if the domain is not deployed.

    Example: groundwork dns show example.org --as zone
    """
    from runbook.dns import command

    command.show(config, domain, "json" if as_json else form.value, names.value)


@app.command()
def check(
    domain: Annotated[
        str | None, typer.Argument(help="A domain of the file; all by default.")
    ] = None,
    server: Server = None,
    as_json: Json = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Compare the records with what the DNS answers, and say what is there instead.

    Exit status: 0 every record is right, 1 one is not, 3 nobody answered for one.

    Example: groundwork dns check example.org --server 192.0.2.53
    """
    from runbook.dns import command

    raise typer.Exit(command.check(config, domain, server, as_json=as_json))
