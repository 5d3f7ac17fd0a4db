"""The `groundwork` command. Every module behind it is imported when its command runs."""

from __future__ import annotations

import sys

import typer

from runbook.adopt.cli import adopt
from runbook.backup.cli import app as backup
from runbook.changes.cli import app as changes
from runbook.database.cli import app as database
from runbook.dns.cli import app as dns
from runbook.local.cli import app as local
from runbook.mail.cli import app as mail

app = typer.Typer(
    help="Describe mail, data and backup in one file, review each change, deploy that.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(adopt)
app.add_typer(local, name="local")
app.add_typer(changes, name="changes")
app.add_typer(mail, name="mail")
app.add_typer(dns, name="dns")
app.add_typer(database, name="database")
app.add_typer(backup, name="backup")


def run() -> None:
    """Run the command; say what went wrong without a traceback."""
    from botocore.exceptions import BotoCoreError, ClientError

    from runbook.base.errors import UserError
    from settings import ConfigurationError

    try:
        app(standalone_mode=True)
    except ConfigurationError as error:
        _fail(str(error), "docs/configuration.md explains every field.")
    except UserError as fault:
        _fail(fault.message, fault.advice)
    except ClientError as error:
        _fail(f"AWS refuses {error.operation_name}: {error.response['Error']['Message']}", "")
    except BotoCoreError as error:
        _fail(f"AWS cannot be reached: {error}", "")
    except KeyboardInterrupt:
        _fail("Interrupted.", "", status=130)


def _fail(message: str, advice: str, status: int = 1) -> None:
    from rich.console import Console

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(message, style="red", markup=False)
    if advice:
        console.print(advice, markup=False)
    sys.exit(status)
