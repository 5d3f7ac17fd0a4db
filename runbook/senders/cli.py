"""`groundwork senders`."""

from __future__ import annotations

from typing import Annotated

import typer

from runbook.base.options import CONFIGURATION, Configuration, Json


def senders(
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, for spreadsheets.")] = False,
    as_json: Json = False,
    config: Configuration = CONFIGURATION,
) -> None:
    """Show the register of senders: who answers, what was declared, what was sent.

    Exits with 1 if one sends more than it declared, or is not deployed.

    Example: groundwork senders --csv > senders.csv
    """
    from runbook.senders.command import senders

    senders(config, as_csv=as_csv, as_json=as_json)
