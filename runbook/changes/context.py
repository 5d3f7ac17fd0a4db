"""What every command of `groundwork changes` starts with."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from runbook.base import aws
from runbook.base.options import CONFIGURATION
from runbook.changes.records import Records, records_of
from settings import Settings, load


class Context(NamedTuple):
    """The console, the configuration, who calls, and the account's records."""

    console: Console
    settings: Settings
    caller: aws.Caller
    records: Records
    file: Path = CONFIGURATION
    """The configuration file, as it was named."""

    @classmethod
    def at(cls, configuration: Path, state: Path) -> Context:
        """Read the configuration and make sure that the credentials are for its account."""
        settings = load(configuration)
        who = aws.caller_in(settings.account, settings.region)
        console, records = Console(emoji=False, highlight=False), records_of(settings, state, who)
        return cls(console, settings, who, records, configuration)
