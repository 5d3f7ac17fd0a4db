"""Whole items for tests that need one and say nothing of it.

What every sender has to have stands here once: a new required field changes this file, the file of
every field, and the files that are about what is missing.
"""

from __future__ import annotations

import json
from typing import Any

REGISTER: dict[str, Any] = {
    "category": "system",
    "contact": "owner@example.org",
    "cost_center": "1234",
    "approval": "OPS-42",
    "volume": {"daily": 500, "monthly": 10000},
}
"""The required fields of a sender, but for `from`."""

REST_OF_A_SENDER = json.dumps(REGISTER)[1:-1]
"""The same as part of a mapping in braces, for files of YAML: `{from: […], REST_OF_A_SENDER}`."""


def sender(*addresses: str, **fields: Any) -> str:
    """Write a whole sender as YAML on one line, with these From addresses and other fields.

    `app: {sender("noreply@example.org", delivery_logs=True)}`
    """
    return json.dumps({"from": addresses, **REGISTER, **fields})


def completed(text: str) -> str:
    """Return a file's text with its senders complete."""
    return text.replace("REST_OF_A_SENDER", REST_OF_A_SENDER)
