"""`groundwork mail dmarc`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import BinaryIO

from rich.console import Console

from runbook.base.errors import UserError
from runbook.dns.servers import resolver_at
from runbook.mail.dmarc.decision import Decision, decide
from runbook.mail.dmarc.message import Received
from runbook.mail.dmarc.presenting import present
from runbook.mail.dmarc.signatures import Result

MOST = 40 * 1024 * 1024
"""Bytes that are read: SES accepts no larger message."""


def dmarc(file: BinaryIO, server: str | None, trusted: str | None, *, as_json: bool) -> int:
    """Print whether a message passes, and return the exit status."""
    data = file.read(MOST + 1)
    if len(data) > MOST:
        raise UserError(f"{file.name} is larger than 40 MB.", "SES accepts no larger message.")
    decision = decide(Received(data), resolver_at(server), trusted)
    if as_json:
        print(json.dumps(_as_dict(decision), indent=2))
    else:
        present(Console(emoji=False, highlight=False, soft_wrap=True), decision)
    return {Result.PASS: 0, Result.TEMPERROR: 3}.get(decision.result, 1)


def _as_dict(decision: Decision) -> dict[str, object]:
    signatures = [
        {**asdict(signature), "aligned": is_aligned}
        for signature, is_aligned in decision.signatures
    ]
    return {**asdict(decision), "signatures": signatures}
