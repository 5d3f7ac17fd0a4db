"""What every command of `groundwork changes` starts with."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from runbook.base import aws
from runbook.changes.records import Records, records_of
from settings import Settings, load


class Context(NamedTuple):
    """The console, the configuration, who calls, and the account's records."""

    console: Console
    settings: Settings
    caller: aws.Caller
    records: Records

    @classmethod
    def at(cls, configuration: Path, state: Path) -> Context:
        """Read the configuration and make sure that the credentials are for its account."""
        settings = load(configuration)
        who = aws.caller_in(settings.account, settings.region)
        return cls(
            Console(emoji=False, highlight=False), settings, who, records_of(settings, state, who)
        )
