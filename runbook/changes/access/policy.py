"""Policies of IAM as statements that can be compared, each about one principal, action, resource.

Whatever stands in a policy and is not known here makes it unreadable, and is said.
<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from pydantic import JsonValue

from runbook.changes.template.values import CLOSE, COMPUTED

_KEYS = {
    "Action",
    "Condition",
    "Effect",
    "NotAction",
    "NotPrincipal",
    "NotResource",
    "Principal",
    "Resource",
    "Sid",
}
_DOCUMENT = {"Id", "Statement", "Version"}
_VERSION = "2012-10-17"
"""<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>"""
_NAMING = ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringEquals", "StringNotEquals")
"""Operators by which a condition names principals, where it names them without a wildcard."""


class UnreadablePolicyError(Exception):
    """Why a policy cannot be read."""


@dataclass(frozen=True)
class Terms:
    """Patterns of which one has to match; or, when excluded, none."""

    patterns: frozenset[str]
    excluded: bool = False


@dataclass(frozen=True)
class Test:
    """One condition: the key's value is compared with any of the values."""

    operator: str
    key: str
    values: frozenset[str]


@dataclass(frozen=True)
class Statement:
    """Who may, or may not, do what on what, when."""

    allows: bool
    who: Terms
    actions: Terms
    resources: Terms
    tests: frozenset[Test] = frozenset()
    subject: str = ""
    """The resource whose own policy it stands in, as a reference; or the identity that has it."""


_EVERYBODY = Terms(frozenset(["*"]))


def allowed(
    who: str, action: str, resource: str, tests: frozenset[Test] = frozenset(), subject: str = ""
) -> Statement:
    """Return a permission that no policy spells out. It is the identity's unless it says whose."""
    who_terms, actions, resources = (Terms(frozenset([part])) for part in (who, action, resource))
    return Statement(True, who_terms, actions, resources, tests, subject or who)


def read_or_mark(
    document: JsonValue, *, who: str = "", resource: str = "", subject: str = ""
) -> Iterator[Statement]:
    """Yield a policy's statements, or one that stands for all that an unreadable policy may say.

    It is marked as computed, and equal for equal policies: so it counts as gained when it is new.
    """
    try:
        yield from [*statements(document, who=who, resource=resource, subject=subject)]
    except UnreadablePolicyError as error:
        digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:8]
        what = f"{COMPUTED}anything, by a policy that cannot be read ({error}; {digest}){CLOSE}"
        on = Terms(frozenset([resource or "*"]))
        yield Statement(
            True, Terms(frozenset([who])), Terms(frozenset([what])), on, subject=subject
        )


def statements(
    document: JsonValue, *, who: str = "", resource: str = "", subject: str = ""
) -> Iterator[Statement]:
    """Yield a policy's statements, or raise.

    `who` has the policy, when it names no principal. `resource` is what `*` means in the policy of
    a resource, and what is meant where it names none.
    """
    if isinstance(document, str):
        document = _parsed(document)
    if not isinstance(document, dict) or not {*document} <= _DOCUMENT:
        raise UnreadablePolicyError("it is not a policy document")
    if document.get("Version") != _VERSION and "${" in json.dumps(document):
        raise UnreadablePolicyError(f"its version is not {_VERSION}, so that variables are text")
    for statement in _listed(document.get("Statement", [])):
        if not isinstance(statement, dict) or not {*statement} <= _KEYS:
            raise UnreadablePolicyError("a statement has elements that are not known")
        yield from _split(statement, who, resource, subject)


def _parsed(document: str) -> JsonValue:
    try:
        parsed: JsonValue = json.loads(document)
    except ValueError:
        raise UnreadablePolicyError("it is no JSON") from None
    return parsed


def _split(
    statement: dict[str, JsonValue], who: str, resource: str, subject: str
) -> Iterator[Statement]:
    effect = statement.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise UnreadablePolicyError("a statement has no effect that is known")
    tests = frozenset(_tests(statement.get("Condition", {})))
    principals = _terms(_principals(statement, who), "NotPrincipal" in statement)
    if principals == [_EVERYBODY]:
        principals, tests = _named(tests)
    parts = product(
        principals,
        _terms(_actions(statement), "NotAction" in statement),
        _terms(_resources(statement, resource), "NotResource" in statement),
    )
    for principal, action, on in parts:
        yield Statement(effect == "Allow", principal, action, on, tests, subject)


def _named(tests: frozenset[Test]) -> tuple[list[Terms], frozenset[Test]]:
    """Return whom a condition names out of everybody, and the conditions that remain.

    <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
    """
    naming = [test for test in tests if test.key == "aws:principalarn"]
    if len(naming) != 1 or not all(map(_names, naming)):
        return [_EVERYBODY], tests
    (test,) = naming
    rest = tests - {test}
    if "Not" in test.operator:
        return [Terms(test.values, excluded=True)], rest
    accounts = frozenset(f"{arn}::::".split(":")[4] for arn in test.values)
    implied = Test("StringEquals", "aws:principalaccount", accounts)
    return [Terms(frozenset([arn])) for arn in sorted(test.values)], rest - {implied}


def _names(test: Test) -> bool:
    """Tell whether a condition names principals. The ARN of a root user is an account's own, too.

    As a condition it is the root user alone; as a principal it would be the whole account.
    """
    return test.operator in _NAMING and not any(
        COMPUTED in value or {*value} & {*"*?$"} or value.endswith(":root") for value in test.values
    )


def _terms(patterns: list[str], excluded: bool) -> list[Terms]:
    """Split what is included, and keep together what is excluded."""
    if not patterns:
        raise UnreadablePolicyError("a statement lacks an action, a resource or a principal")
    if excluded:
        return [Terms(frozenset(patterns), True)]
    return [Terms(frozenset([pattern])) for pattern in dict.fromkeys(patterns)]


def _actions(statement: dict[str, JsonValue]) -> list[str]:
    found = _texts(statement.get("Action", statement.get("NotAction")))
    if any(COMPUTED in action for action in found):
        raise UnreadablePolicyError("an action is known to CloudFormation alone")
    return found


def _resources(statement: dict[str, JsonValue], resource: str) -> list[str]:
    named = statement.get("Resource", statement.get("NotResource"))
    found = _texts(named) if named is not None else [resource or "*"]
    return [resource if item == "*" and resource else item for item in found]


def _principals(statement: dict[str, JsonValue], who: str) -> list[str]:
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    if principal is None:
        return [who]
    if principal == "*":
        return ["*"]
    if not isinstance(principal, dict):
        raise UnreadablePolicyError("a principal is not understood")
    found = [(kind, name) for kind, names in principal.items() for name in _texts(names)]
    if any(COMPUTED in name for _, name in found):
        raise UnreadablePolicyError("a principal is known to CloudFormation alone")
    return [_principal(kind, name) for kind, name in found]


def _principal(kind: str, name: str) -> str:
    """Write each principal in one way: an account by its root, everybody by a star."""
    if kind not in ("AWS", "CanonicalUser", "Federated", "Service"):
        raise UnreadablePolicyError(f"principals of the kind {kind} are not known")
    if kind == "AWS" and name == "*":
        return "*"
    if kind == "AWS" and name.isdecimal():
        return f"arn:aws:iam::{name}:root"
    return name


def _tests(condition: JsonValue) -> Iterator[Test]:
    if not isinstance(condition, dict):
        raise UnreadablePolicyError("a condition is not understood")
    for operator, keys in condition.items():
        if not isinstance(keys, dict):
            raise UnreadablePolicyError("a condition is not understood")
        for key, values in keys.items():
            yield Test(operator, key.lower(), frozenset(_texts(values)))


def _texts(value: JsonValue) -> list[str]:
    found = _listed(value)
    if not all(isinstance(item, str | int | bool) for item in found):
        raise UnreadablePolicyError("a text was expected")
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in found]


def _listed(value: JsonValue) -> list[JsonValue]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
