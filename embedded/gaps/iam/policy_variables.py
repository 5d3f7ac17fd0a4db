"""Variables in policies: `${aws:userid}` stands for who asks."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from embedded.gaps._ministack import iam_evaluator
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A variable in a resource or a condition stands for its value in the request.",
    page="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html",
    ministack="It compares the variable's name, letter by letter.",
    effect=Effect.CAPABLE,
)

VARIABLE = re.compile(r"\$\{([^}]*)\}")
SIGNS = {"*": "*", "?": "?", "$": "$"}
NOBODY = "\0"
"""What no request has: a statement with a variable that the request lacks matches nothing."""


def install() -> None:
    """Fill in the variables of every statement before it is compared."""
    pristine = iam_evaluator._first_match

    def first_match(context: Any, statements: list[Any], effect: str) -> Any:
        return pristine(context, [_filled(one, context) for one in statements], effect)

    iam_evaluator._first_match = first_match


def _filled(statement: Any, context: Any) -> Any:
    fields = ("resources", "not_resources", "conditions")
    values = {name: getattr(statement, name) for name in fields}
    if "${" not in str(values):
        return statement
    return replace(statement, **{name: _value(item, context) for name, item in values.items()})


def _value(value: Any, context: Any) -> Any:
    match value:
        case dict():
            return {key: _value(item, context) for key, item in value.items()}
        case list():
            return [_value(item, context) for item in value]
        case str():
            return VARIABLE.sub(lambda found: _variable(found[1], context), value)
    return value


def _variable(text: str, context: Any) -> str:
    name, _, default = (part.strip() for part in text.partition(","))
    if name in SIGNS:
        return SIGNS[name]
    found = iam_evaluator._resolve_condition_key(name, context)
    if isinstance(found, str) and found:
        return found
    return default.strip("'") or NOBODY
