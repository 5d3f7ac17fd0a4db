"""The words of the Amazon States Language that several state machines are written in."""

from __future__ import annotations

import json

State = dict[str, object]
States = dict[str, State]


def jsonata(expression: str) -> str:
    """Mark an expression.

    <https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html>
    """
    return f"{{% {' '.join(expression.split())} %}}"


def quoted(text: str) -> str:
    """Write text as an expression has it: JSONata knows no escape for a single quote."""
    return json.dumps(text, ensure_ascii=False)
