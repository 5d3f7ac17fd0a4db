"""`groundwork backup`: what arrived in the buckets, and what did not."""

from __future__ import annotations

from typing import Annotated

import typer

from runbook.base.options import CONFIGURATION, Configuration, Json

app = typer.Typer(help="What arrived in the buckets.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `status` a command of its own while it is the only one."""


@app.command()
def status(
    name: Annotated[
        str | None, typer.Argument(help="A bucket of backup.buckets; all unless named.")
    ] = None,
    as_json: Json = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Show the last object, size, lifecycle and keys of each bucket.

    Ends with 1 if a backup is late, or a bucket is not as the file has it.

    Example: groundwork backup status ocp-redmine-backup --json
    """
    from runbook.backup.status import status

    status(config, name, as_json=as_json)
