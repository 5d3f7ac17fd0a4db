"""`groundwork doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from runbook.base.options import CONFIGURATION, Configuration, Json


def doctor(
    config: Configuration = CONFIGURATION,
    as_json: Json = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 1 for what cannot be asked, too.")
    ] = False,
) -> None:
    """Ask the account what the file needs of it, before anything is made. Changes nothing.

    One line for each thing: right, wrong with what to do, or `?` where these
    credentials may not ask.

    Exit status: 0, or 1 if anything is wrong; with --strict, for a `?` as well.

    Example: groundwork doctor --json | jq '.[] | select(.state == "wrong")'
    """
    from runbook.doctor.command import doctor

    doctor(config, as_json=as_json, strict=strict)
