"""`groundwork status`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runbook.base.options import CONFIGURATION, Configuration, Json


def status(
    html: Annotated[Path | None, typer.Option("--html", help="Write a page to this file.")] = None,
    as_json: Json = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Show everything that the file declares: mail, senders, backups, databases.

    The page has the last 14 days of mail and reputation as pictures.
    Exits with 1 if something asks for somebody's attention.

    Example: groundwork status --html status.html
    """
    from runbook.status.command import status

    status(config, html, as_json=as_json)
