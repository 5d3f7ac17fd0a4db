"""`groundwork database`: where a database is, a session with it, a tunnel to it, and its users."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runbook.base.options import CONFIGURATION, Configuration, Json

app = typer.Typer(help="Connect to a database, and make its users.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="A database of data.databases.")]
Replica = Annotated[str | None, typer.Option("--replica", help="One of its read replicas.")]


@app.command()
def show(name: Name, as_json: Json = False, config: Configuration = CONFIGURATION) -> None:
    """Print host, port, database, user, where the password is, and how to connect.

    With its replicas, and who reads them.

    Exit status: 0, or 1 if it is not deployed.

    Example: groundwork database show analysis
    """
    from runbook.database.show import show

    show(config, name, as_json=as_json)


@app.command()
def connect(
    name: Name,
    arguments: Annotated[
        list[str] | None, typer.Argument(help="Options for psql, after --.", show_default=False)
    ] = None,
    ca: Annotated[
        Path | None,
        typer.Option("--ca", help="Trust these certificates; Amazon's of the region unless named."),
    ] = None,
    replica: Replica = None,
    config: Configuration = CONFIGURATION,
) -> None:
    """Open a session of psql, through the bastion where there is one.

    The certificate is verified by Amazon's authorities of the region. The
    password is on no command line. The exit status is psql's.

    Example: groundwork database connect analysis -- -c 'SELECT version()'
    """
    from runbook.database.connect import connect

    raise typer.Exit(connect(config, name, arguments or [], ca, replica))


@app.command()
def certificates(name: Name, config: Configuration = CONFIGURATION) -> None:
    """Print the certificates of Amazon by which a database is known, for other clients.

    Example: groundwork database certificates analysis > rds.pem
    """
    from runbook.database import certificates
    from runbook.database.place import find

    print(certificates.of_region(find(config, name).region), end="")


@app.command()
def tunnel(
    name: Name,
    config: Configuration = CONFIGURATION,
    port: Annotated[int, typer.Option(help="The port on this machine.")] = 5432,
    replica: Replica = None,
) -> None:
    """Open a tunnel through the bastion: no inbound port, no key pair; Ctrl-C ends it.

    Example: groundwork database tunnel common --port 15432
    """
    from runbook.database.connect import tunnel

    tunnel(config, name, port, replica)


@app.command()
def users(
    name: Name,
    application: Annotated[
        str | None, typer.Option("--application", help="A user that changes rows.")
    ] = None,
    reader: Annotated[str | None, typer.Option("--reader", help="A user that reads.")] = None,
    consumers: Annotated[
        bool, typer.Option("--consumers", help="The logins of those who read its replicas.")
    ] = False,
    drill: Annotated[
        bool, typer.Option("--drill", help="The login that asks its restored copies.")
    ] = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Print SQL, to be reviewed, that makes users beside the owner.

    Example: groundwork database users common --application web > users.sql
    """
    from runbook.base.errors import UserError
    from runbook.database import consumers as logins
    from runbook.database import drills
    from runbook.database.place import find
    from runbook.database.users import statements
    from settings import load

    if sum((consumers, drill, bool(application or reader))) > 1:
        raise UserError("--consumers and --drill stand alone: the file names who they are.")
    place = find(config, name)
    if consumers:
        print(logins.statements(place, logins.logins(load(config), name)), end="")
    elif drill:
        print(drills.login(load(config), place), end="")
    else:
        print(statements(place, application, reader), end="")


@app.command()
def passwords(
    name: Name,
    ca: Annotated[
        Path | None, typer.Option("--ca", help="A file with Amazon's certificates.")
    ] = None,
    config: Configuration = CONFIGURATION,
) -> None:
    """Give each consumer's login the password in its secret.

    The database gets a digest. Run it after `users --consumers`, and after
    each change of a consumer's `credentials.version`.

    Example: groundwork database passwords analysis
    """
    from runbook.database.consumers import set_passwords

    raise typer.Exit(set_passwords(config, name, ca))
