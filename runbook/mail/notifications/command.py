"""`groundwork mail explain`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import BinaryIO

from rich.console import Console

from runbook.base.errors import UserError
from runbook.mail.notifications import explaining, reading
from runbook.mail.notifications.presenting import present

MOST = 20_000_000
"""Bytes that are read: SES takes messages of 40 MB, a notification has some 10 KB of them."""


def explain(file: BinaryIO, *, as_json: bool) -> None:
    """Print what the notifications in a file say, or that there are none."""
    data = file.read(MOST + 1)
    if len(data) > MOST:
        raise UserError(f"{file.name} is larger than {MOST // 1_000_000} MB.", "Pass a part of it.")
    found = [explaining.explain(each) for each in reading.notifications(data)]
    if not found:
        raise UserError(
            f"No notification of SES is in {file.name}.",
            "Give it what SNS sent, or the mail that came back, as a file with all its headers.",
        )
    if as_json:
        print(json.dumps([asdict(each) for each in found], indent=2))
    else:
        present(Console(emoji=False, highlight=False), found)
