"""The `groundwork` command. Every module behind it is imported when its command runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from runbook.backup import app as backup
from runbook.changes.cli import app as changes
from runbook.database import app as database
from runbook.mail import app as mail

app = typer.Typer(
    help="Describe mail, data and backup in one file, review each change, deploy that.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
local = typer.Typer(help="The AWS that runs on this machine.", no_args_is_help=True)
app.add_typer(local, name="local")
app.add_typer(changes, name="changes")
app.add_typer(mail, name="mail")
app.add_typer(database, name="database")
app.add_typer(backup, name="backup")

Configuration = Annotated[
    Path, typer.Option("--config", "-c", help="The configuration file.", show_default=True)
]
State = Annotated[
    Path, typer.Option("--state", help="The folder in which the embedded AWS keeps its state.")
]


@local.command("deploy")
def local_deploy(
    config: Configuration = Path("groundwork.yaml"), state: State = Path(".local")
) -> None:
    """Deploy the configuration to the embedded AWS, through change sets."""
    from runbook import local as flow

    flow.deploy(config, state)


@local.command("stop")
def local_stop(state: State = Path(".local")) -> None:
    """Stop the embedded AWS. What was deployed to it is gone then."""
    from runbook import local as flow

    flow.stop(state)


def run() -> None:
    """Run the command; say what went wrong without a traceback."""
    from botocore.exceptions import BotoCoreError, ClientError

    from runbook.fault import Fault
    from settings import ConfigurationError

    try:
        app(standalone_mode=True)
    except ConfigurationError as error:
        _fail(str(error), "docs/configuration.md explains every field.")
    except Fault as fault:
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
