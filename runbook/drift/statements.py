"""Statements of policies that CloudFormation cannot read: who may do what, beside the declared.

`AWS::IAM::Policy` and `AWS::SNS::TopicPolicy` have no `read` handler: drift detection skips them.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-import-supported-resources.html>
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

DEFAULT = "__default_statement_ID"
"""SNS's own statement in a topic that nobody gave a policy: the owner's account may use it."""


def undeclared(actual: object, declared: Iterable[object]) -> Iterator[object]:
    """Yield the statements of a policy that fit none of the declared policies'."""
    known = [statement for policy in declared for statement in _statements(policy)]
    for statement in _statements(actual):
        if not any(_fits(one, statement) for one in known):
            yield statement


def is_default(statement: object) -> bool:
    """Tell whether it is SNS's own, and still for the topic's owner alone."""
    text = json.dumps(statement)
    return f'"Sid": "{DEFAULT}"' in text and '"AWS:SourceOwner"' in text


def _statements(policy: object) -> list[object]:
    read = json.loads(unquote(policy)) if isinstance(policy, str) else policy
    return _many(read.get("Statement")) if isinstance(read, Mapping) else []


def _fits(declared: object, actual: object) -> bool:
    """Compare a template's value with a live one: an expression may stand for any single one."""
    if _is_expression(declared):
        return len(_many(actual)) == 1 and not isinstance(actual, Mapping)
    if isinstance(declared, Mapping) and isinstance(actual, Mapping):
        return declared.keys() == actual.keys() and all(
            _fits(value, actual[name]) for name, value in declared.items()
        )
    if not isinstance(declared, list) and not isinstance(actual, list):
        return str(declared) == str(actual)
    ours, theirs = _many(declared), _many(actual)
    return len(ours) == len(theirs) and all(any(_fits(o, t) for o in ours) for t in theirs)


def _many(value: object) -> list[object]:
    """Return one or many as many, as policies are written."""
    if value is None:
        return []
    return [*value] if isinstance(value, list) else [value]


def _is_expression(value: object) -> bool:
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    return str(next(iter(value))).startswith(("Ref", "Fn::"))
