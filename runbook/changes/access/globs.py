"""Patterns of IAM: `*` stands for any text, `?` for one character, the rest for itself.

Every answer is on the safe side: that one pattern covers another, or that two of them have nothing
in common, is only said where it is certain.
<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
"""

from __future__ import annotations

import re
from functools import cache

from runbook.changes.template.values import CLOSE, COMPUTED, OPEN

ANY, ONE = "*", "?"
_SYMBOL = re.compile(
    rf"\$\{{[*?$]\}}|\$\{{[^}}]*\}}|[{OPEN}{COMPUTED}][^{CLOSE}]*{CLOSE}|.", re.DOTALL
)


@cache
def covers(pattern: str, other: str) -> bool:
    """Tell whether everything that the other pattern matches is matched by this one."""
    if pattern == other:
        return True
    if _is_open(pattern):
        return False  # what a policy variable stands for is decided when somebody asks
    return _covers(_symbols(pattern), tuple(ANY if _varies(s) else s for s in _symbols(other)))


@cache
def may_meet(pattern: str, other: str) -> bool:
    """Tell whether some text may match both patterns. A reference may be any text."""
    sides = (
        tuple(ANY if _varies(s) or _is_reference(s) else s for s in _symbols(text))
        for text in (pattern, other)
    )
    return _meet(*sides)


def _symbols(text: str) -> tuple[str, ...]:
    """Split a text into characters, references and policy variables."""
    return tuple(_SYMBOL.findall(text))


def _is_open(text: str) -> bool:
    return any(map(_varies, _symbols(text)))


def _varies(symbol: str) -> bool:
    """Tell a policy variable: `${aws:username}`. `${*}` is a star that means itself."""
    return symbol.startswith("${") and symbol not in ("${*}", "${?}", "${$}")


def _is_reference(symbol: str) -> bool:
    return symbol[:1] in (OPEN, COMPUTED)


def _covers(pattern: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Match a pattern against another one, whose wildcards only wildcards match.

    `reached` are the positions in the pattern up to which it has matched what came so far.
    """
    reached = _past_stars(pattern, {0})
    for symbol in other:
        step = {i for i in reached if i < len(pattern) and pattern[i] == ANY}
        step |= {
            i + 1
            for i in reached
            if i < len(pattern) and symbol != ANY and _is_matched(pattern[i], symbol)
        }
        reached = _past_stars(pattern, step)
    return len(pattern) in reached


def _is_matched(mine: str, symbol: str) -> bool:
    if mine == ONE:
        return symbol == ONE or not (len(symbol) > 1)
    return mine != ANY and mine == symbol


def _past_stars(pattern: tuple[str, ...], reached: set[int]) -> set[int]:
    found = set(reached)
    for i in range(len(pattern)):
        if i in found and pattern[i] == ANY:
            found.add(i + 1)
    return found


def _meet(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Tell whether two patterns have a text in common, by walking both at once."""
    seen: set[tuple[int, int]] = set()
    waiting = [(0, 0)]
    while waiting:
        i, j = waiting.pop()
        if i == len(first) and j == len(second):
            return True
        if (i, j) not in seen:
            seen.add((i, j))
            steps = _steps(first[i : i + 1], second[j : j + 1])
            waiting += [(i + one, j + other) for one, other in steps]
    return False


def _steps(first: tuple[str, ...], second: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return how far each side may go on from its next symbol, which is missing at its end.

    A star takes the other side's symbol, or ends.
    """
    if ANY in first + second:
        return [(1, 0)] * len(first) + [(0, 1)] * len(second)
    return [(1, 1) for one, other in zip(first, second, strict=False) if _may_equal(one, other)]


def _may_equal(first: str, second: str) -> bool:
    return ONE in (first, second) or first == second
