"""`groundwork backup`: what arrived in the buckets, what did not, and what can be restored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runbook.backup.drill.names import Schedule
from runbook.base.options import CONFIGURATION, Configuration, Json

app = typer.Typer(
    help="What arrived in the buckets, and whether it can be restored.", no_args_is_help=True
)


@app.command()
def status(
    name: Annotated[
        str | None, typer.Argument(help="A bucket of backup.buckets; all by default.")
    ] = None,
    as_json: Json = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Show the last object, size, lifecycle and keys of each bucket.

    Exits with 1 if a backup is late, or a bucket is not as the file has it.

    Example: groundwork backup status ocp-redmine-backup --json
    """
    from runbook.backup.status import status

    status(config, name, as_json=as_json)


@app.command()
def drill(
    name: Annotated[str, typer.Argument(help="A read-only user of the file with a drill.")],
    folder: Annotated[
        Path | None,
        typer.Option(help="Where to restore, with room for the data; $TMPDIR unless named."),
    ] = None,
    schedule: Annotated[
        Schedule | None,
        typer.Option(help="Print what runs the drill often enough, and do nothing else."),
    ] = None,
    as_json: Json = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Restore the newest backup here, judge it, remove it, and record how that ended.

    Runs on a machine with the tool: pgBackRest and PostgreSQL, or restic.
    Exits with 1 if the backup is not good.

    Example: groundwork backup drill recovery --folder /srv/drills
    """
    if schedule:
        from runbook.backup.drill.schedule import written

        print(written(schedule, config, name), end="")
        return
    from runbook.backup.drill.command import drill

    drill(config, name, folder, as_json=as_json)
