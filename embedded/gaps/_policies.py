"""What several services ask of a policy document before they take it."""

from __future__ import annotations

import json
from typing import Any

Document = dict[str, Any]


def parse(document: Any) -> Document:
    """A policy as a template or an API has it; an empty one if it is none."""
    try:
        found = json.loads(document) if isinstance(document, str | bytes) else document
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def size(document: Any) -> int:
    """The characters that AWS counts: all but white space outside of strings."""
    return len(json.dumps(parse(document), separators=(",", ":"), ensure_ascii=False))
