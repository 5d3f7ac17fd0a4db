"""A small evaluator of IAM's policies, written apart from what it judges: it decides one request.

<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple


class Request(NamedTuple):
    """Somebody who asks for something."""

    principal: str
    action: str
    resource: str
    context: dict[str, str]


def allows(document: dict[str, Any], request: Request) -> bool:
    """Tell whether a policy allows a request: some statement does, and none denies it."""
    matching = [s["Effect"] for s in document["Statement"] if matches(s, request)]
    return "Allow" in matching and "Deny" not in matching


def matches(statement: dict[str, Any], request: Request) -> bool:
    """Tell whether a statement is about a request."""
    parts = (
        ("Principal", "NotPrincipal", request.principal, False),
        ("Action", "NotAction", request.action, True),
        ("Resource", "NotResource", request.resource, False),
    )
    for name, excluded, asked, fold in parts:
        if name in statement:
            if not any(glob(pattern, asked, fold) for pattern in statement[name]):
                return False
        elif any(glob(pattern, asked, fold) for pattern in statement[excluded]):
            return False
    return all(
        test(operator, values, request.context.get(key))
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def test(operator: str, values: list[str], asked: str | None) -> bool:
    """Tell whether a condition holds. A key that is absent fails it, unless it says not."""
    negated = "Not" in operator
    if asked is None:
        return negated or operator.endswith("IfExists")
    like = "Like" in operator
    found = any(glob(value, asked, False) if like else value == asked for value in values)
    return found is not negated


def glob(pattern: str, text: str, fold: bool) -> bool:
    """Match a pattern by a regular expression."""
    letters = {"*": ".*", "?": "."}
    expression = "".join(letters.get(c, re.escape(c)) for c in pattern)
    flags = re.DOTALL | (re.IGNORECASE if fold else 0)
    return re.fullmatch(expression, text, flags) is not None
