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


def each(items: str, states: States, result: str, following: str) -> State:
    """Return the state that does the same for each item, side by side."""
    return {
        "Type": "Map",
        "Items": jsonata(items),
        "ItemProcessor": {"StartAt": next(iter(states)), "States": states},
        "Output": jsonata(f"$merge([$states.input, {{'{result}': $states.result}}])"),
        "Next": following,
    }


def choice(choices: dict[str, str], otherwise: str) -> State:
    """Return the state that chooses what follows by the first condition that holds."""
    return {
        "Type": "Choice",
        "Choices": [
            {"Condition": jsonata(condition), "Next": following}
            for following, condition in choices.items()
        ],
        "Default": otherwise,
    }


def refusing(needed: dict[str, str], otherwise: str) -> State:
    """Refuse unless every condition holds: what is missing from a record never passes for true."""
    return choice({why: f"$not({condition})" for why, condition in needed.items()}, otherwise)
