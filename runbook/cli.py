"""The `groundwork` command. Every module behind it is imported when its command runs."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from runbook.adopt.cli import adopt
from runbook.backup.cli import app as backup
from runbook.changes.cli import app as changes
from runbook.credentials.cli import app as credentials
from runbook.database.cli import app as database
from runbook.dns.cli import app as dns
from runbook.doctor.cli import doctor
from runbook.drift.cli import drift
from runbook.local.cli import app as local
from runbook.mail.cli import app as mail
from runbook.senders.cli import senders
from runbook.status.cli import status

INTERRUPTED = 130
"""The exit status after Ctrl-C, as shells have it."""

app = typer.Typer(
    help="Describe mail, data and backup in one file, review each change, and deploy it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(adopt)
app.command()(doctor)
app.command()(drift)
app.add_typer(local, name="local")
app.add_typer(changes, name="changes")
app.add_typer(mail, name="mail")
app.add_typer(dns, name="dns")
app.add_typer(credentials, name="credentials")
app.add_typer(database, name="database")
app.add_typer(backup, name="backup")
app.command()(senders)
app.command()(status)


def _version(asked: bool) -> None:
    if asked:
        from settings.contract import VERSION

        print(f"groundwork {VERSION}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Describe mail, data and backup in one file, review each change, and deploy it."""


def run() -> None:
    """Run the command; say what went wrong without a traceback, whatever it is."""
    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        _fail("Interrupted.", "", status=INTERRUPTED)
    except SystemExit as ended:
        # Typer ends a command that is interrupted with this status, and says nothing.
        if ended.code == INTERRUPTED:
            _fail("Interrupted.", "", status=INTERRUPTED)
        raise
    except Exception as error:
        if os.environ.get("GROUNDWORK_TRACEBACK"):
            raise
        _explain(error)


def _explain(error: Exception) -> None:
    from runbook.base.failures import explain
    from settings import ConfigurationError

    if isinstance(error, BrokenPipeError):
        sys.exit(1)  # whoever read this has read enough
    if isinstance(error, ConfigurationError):
        advice = "docs/configuration.md explains every field; --config names another file."
        _fail(str(error), advice)
    fault = explain(error)
    _fail(fault.message, fault.advice)


def _fail(message: str, advice: str, status: int = 1) -> None:
    from rich.console import Console

    console = Console(stderr=True, emoji=False, highlight=False, soft_wrap=True)
    console.print(message, style="red", markup=False)
    if advice:
        console.print(advice, markup=False)
    sys.exit(status)
