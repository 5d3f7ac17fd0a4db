"""The options that every command group has, written once."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

Configuration = Annotated[
    Path, typer.Option("--config", "-c", help="The configuration file.", show_default=True)
]
State = Annotated[
    Path,
    typer.Option(
        "--state", help="The folder for this machine's own state: the embedded AWS, records."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Server = Annotated[
    str | None,
    typer.Option(
        metavar="HOST[:PORT]",
        help="Ask this name server alone, in place of the zone's own and this machine's resolver.",
    ),
]
CONFIGURATION = Path("groundwork.yaml")
STATE = Path(".local")


def naming(configuration: Path) -> str:
    """Return the option for another file than the usual one, to put behind a command."""
    file = shlex.quote(str(configuration))
    return "" if configuration == CONFIGURATION else f" --config {file}"
