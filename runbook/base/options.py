"""The options that every command group has, written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Configuration = Annotated[
    Path, typer.Option("--config", "-c", help="The configuration file.", show_default=True)
]
State = Annotated[
    Path,
    typer.Option(
        "--state", help="The folder for what is this machine's: the embedded AWS, records."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
CONFIGURATION = Path("groundwork.yaml")
STATE = Path(".local")
