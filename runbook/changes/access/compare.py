"""What one set of statements allows beyond another, by meaning and not by words.

Nothing that allows more is ever left out: a statement is only dropped when a single one of the
other side certainly covers it. So what several cover together is shown although nothing is gained.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import eq
from typing import NamedTuple

from runbook.changes.access import addresses
from runbook.changes.access.globs import covers, may_meet
from runbook.changes.access.policy import Statement, Terms, Test
from runbook.changes.consequences.model import number

_SAME = {"arnequals": "arnlike", "arnnotequals": "arnnotlike"}
"""AWS matches both alike: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>."""
_IMPLYING = {("stringequals", "stringlike"), ("stringnotlike", "stringnotequals")}
"""An operator, and one that compares less strictly."""
_PARTS = 6
"""An ARN is matched part by part: a star ends at the colon, but in the last one.

<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
"""


class Difference(NamedTuple):
    """What begins, and what ends. Among what is gained are denials that end."""

    gained: list[Statement]
    lost: list[Statement]


def compare(before: Iterable[Statement], after: Iterable[Statement]) -> Difference:
    """Return what the statements after allow beyond those before, and the other way round."""
    old, new = _by_effect(before), _by_effect(after)
    return Difference(
        gained=[*_beyond(new[True], old[True]), *_beyond(old[False], new[False])],
        lost=[*_beyond(old[True], new[True]), *_beyond(new[False], old[False])],
    )


def _by_effect(statements: Iterable[Statement]) -> dict[bool, list[Statement]]:
    found: dict[bool, list[Statement]] = defaultdict(list)
    for statement in dict.fromkeys(statements):
        found[statement.allows].append(statement)
    return found


def _beyond(some: list[Statement], others: list[Statement]) -> Iterator[Statement]:
    """Yield those of some statements that no other one covers."""
    index: dict[str, list[Statement]] = defaultdict(list)
    for other in others:
        index["" if other.who.excluded else next(iter(other.who.patterns))].append(other)
    for statement in some:
        who = "" if statement.who.excluded else next(iter(statement.who.patterns))
        near = [*index[who], *(index["*"] if who != "*" else ()), *(index[""] if who else ())]
        if not any(is_covered(statement, other) for other in near):
            yield statement


def is_covered(statement: Statement, other: Statement) -> bool:
    """Tell whether the other statement certainly matches whatever this one matches.

    What is said in words, such as that a boundary is gone, is no action: no pattern covers it.
    """
    if _is_in_words(statement.actions) and not _is_in_words(other.actions):
        return False
    return (
        _include(other.who, statement.who)
        and _include(_folded(other.actions), _folded(statement.actions))
        and _include(other.resources, statement.resources)
        and all(any(_implies(mine, test) for mine in statement.tests) for test in other.tests)
    )


def _is_in_words(actions: Terms) -> bool:
    """Tell what no policy spells out: the name of an action has no space."""
    return not actions.excluded and any(" " in action for action in actions.patterns)


def _include(terms: Terms, others: Terms) -> bool:
    if terms.excluded and others.excluded:
        return all(any(covers(b, a) for b in others.patterns) for a in terms.patterns)
    if terms.excluded:
        return not any(may_meet(a, b) for a in terms.patterns for b in others.patterns)
    if others.excluded:
        return "*" in terms.patterns
    return all(any(covers(a, b) for a in terms.patterns) for b in others.patterns)


def _folded(actions: Terms) -> Terms:
    """Actions are the same in upper and lower case."""
    return Terms(frozenset(action.lower() for action in actions.patterns), actions.excluded)


def _implies(test: Test, other: Test) -> bool:
    """Tell whether a condition that holds makes certain that the other one holds too."""
    if test == other:
        return True
    (quantifier, mine, if_exists), (another, theirs, missing) = map(_operator, (test, other))
    if (test.key, quantifier) != (other.key, another) or (if_exists and not missing):
        return False
    if mine != theirs and (mine, theirs) not in _IMPLYING:
        return False
    narrow, wide = (other, test) if "not" in mine else (test, other)
    covering = _COVERING.get(mine) or _COVERING.get(theirs, eq)
    return all(any(covering(w, n) for w in wide.values) for n in narrow.values)


def _operator(test: Test) -> tuple[str, str, bool]:
    """Return an operator's quantifier, what it compares by, and whether the key may be missing."""
    quantifier, _, rest = test.operator.lower().rpartition(":")
    plain = rest.removesuffix("ifexists")
    return quantifier, _SAME.get(plain, plain), plain != rest


def _covers_arn(pattern: str, other: str) -> bool:
    parts, others = pattern.split(":", _PARTS - 1), other.split(":", _PARTS - 1)
    whole = len(parts) == len(others) == _PARTS
    return pattern == other or (whole and all(map(covers, parts, others)))


def _at_most(limit: str, other: str) -> bool:
    most, found = number(limit), number(other)
    return most is not None and found is not None and found <= most


def _at_least(limit: str, other: str) -> bool:
    return _at_most(other, limit)


_COVERING: Mapping[str, Callable[[str, str], bool]] = {
    "arnlike": _covers_arn,
    "arnnotlike": _covers_arn,
    "ipaddress": addresses.covers,
    "notipaddress": addresses.covers,
    "numericgreaterthan": _at_least,
    "numericgreaterthanequals": _at_least,
    "numericlessthan": _at_most,
    "numericlessthanequals": _at_most,
    "stringlike": covers,
    "stringnotlike": covers,
}
"""Whether a value takes in another one, by operator: the others have to be the same text."""
