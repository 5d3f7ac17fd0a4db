"""What several services ask of a policy document before they take it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from embedded.gaps._ministack import account, service

Document = dict[str, Any]
KNOWN_AFTER = timedelta(seconds=2)
"""What is new in IAM reaches the other services later: on AWS mostly after seconds."""
_NAMED = re.compile(
    r"arn:aws:(?:iam|sts)::(?P<account>\d{12}):(?P<kind>role|user|assumed-role)/(?P<path>.+)"
)


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


def absent_principal(document: Any) -> str | None:
    """The first role or user of this account that a policy names and that is not there."""
    return next((name for name in _principals(document) if not _is_there(name)), None)


def unknown_principal(document: Any) -> str | None:
    """The first that is not there, or that the service does not know yet."""
    return next((name for name in _principals(document) if not _is_known(name)), None)


def _principals(document: Any) -> Iterator[str]:
    statements = parse(document).get("Statement", [])
    for statement in [statements] if isinstance(statements, dict) else statements:
        for element in ("Principal", "NotPrincipal"):
            named = statement.get(element, {})
            found = named.get("AWS", []) if isinstance(named, dict) else named
            yield from [found] if isinstance(found, str) else found


def _is_there(principal: str) -> bool:
    """Whether it exists. What other accounts have cannot be known here."""
    named = _NAMED.fullmatch(principal)
    if named is None or named["account"] != account():
        return True
    found = _found(named)
    return found is not None and (named["kind"] == "assumed-role" or found["Arn"] == principal)


def _is_known(principal: str) -> bool:
    """Whether it exists for long enough."""
    named = _NAMED.fullmatch(principal)
    found = _found(named) if named and named["account"] == account() else None
    return _is_there(principal) and (found is None or _age(found) >= KNOWN_AFTER)


def _found(named: re.Match[str]) -> Any:
    """What ministack keeps of a role or user of this account."""
    iam = service("iam")
    if named["kind"] == "assumed-role":
        return iam._roles.get(named["path"].partition("/")[0])
    name = named["path"].rpartition("/")[2]
    return (iam._roles if named["kind"] == "role" else iam._users).get(name)


def _age(found: Any) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(found["CreateDate"])
