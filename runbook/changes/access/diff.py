"""Access gained and lost between two versions of a stack, as a reviewer reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from runbook.changes.access import identities, network, resource_policies, switches
from runbook.changes.access.compare import compare
from runbook.changes.access.everybody import is_for_everybody
from runbook.changes.access.identities import reference
from runbook.changes.access.network import Connection
from runbook.changes.access.policy import Statement, Terms, Test
from runbook.changes.parts import AccessDiff, Grant
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import bare, named_text


class Gained(NamedTuple):
    """What begins, before it is put into words: the dangers among it are found here."""

    statements: list[Statement]
    connections: list[Connection]


def permissions(before: Reading, after: Reading) -> tuple[AccessDiff, list[Statement]]:
    """Compare who may do what. Return the difference in words, and what is gained."""
    bounds = identities.boundaries(before, after)
    old = [*_statements(before), *bounds[0]]
    new = [*_statements(after), *bounds[1]]
    found = compare(old, new)
    gained = [one for one in found.gained if one.allows or not _is_gone(one, before, after)]
    lost = [one for one in found.lost if one.allows or not _is_gone(one, after, before)]
    places = {**before.places(), **after.places()}
    diff = AccessDiff(
        gained=_ordered(grant(one, places) for one in gained),
        lost=_ordered(grant(one, places) for one in lost),
    )
    return diff, gained


def connections(before: Reading, after: Reading) -> tuple[AccessDiff, list[Connection]]:
    """Compare who may connect. Return the difference in words, and what is gained."""
    old, new = [*network.connections(before)], [*network.connections(after)]
    gained, lost = network.compare(old, new)
    everybody = network.open_to_everybody(new)
    places = {**before.places(), **after.places()}
    diff = AccessDiff(
        gained=_ordered(_connection(one, places, one in everybody) for one in gained),
        lost=_ordered(_connection(one, places, False) for one in lost),
    )
    return diff, gained


def _statements(version: Reading) -> Iterable[Statement]:
    yield from identities.statements(version)
    yield from resource_policies.statements(version)
    yield from switches.statements(version)


def _is_gone(denial: Statement, before: Reading, after: Reading) -> bool:
    """Tell whether a denial ended because what it denied to, or on, is there no longer."""
    here = {reference(name) for name in after.resources}
    return denial.subject in {reference(name) for name in before.resources} - here


def _ordered(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    # By every field: a review is compared with another reading, in another process.
    return tuple(sorted(set(grants), key=lambda g: g.model_dump_json()))


def grant(statement: Statement, places: Mapping[str, str]) -> Grant:
    """Put a statement into words."""

    def words(terms: Terms) -> str:
        text = ", ".join(sorted(named_text(pattern, places) for pattern in terms.patterns))
        return f"all but {text}" if terms.excluded else text

    who = "everybody" if statement.who == Terms(frozenset("*")) else words(statement.who)
    return Grant(
        holder=who.replace("all but", "everybody but"),
        allows=words(statement.actions),
        on=words(statement.resources),
        condition=named_text(_condition(statement.tests), places),
        denies=not statement.allows,
        everybody=is_for_everybody(statement),
    )


def _condition(tests: Iterable[Test]) -> str:
    """Write conditions for a person: `StringEquals aws:SourceAccount = 1`."""
    found = (f"{t.operator} {t.key} = {', '.join(sorted(t.values))}" for t in tests)
    return " and ".join(sorted(found))


def _connection(one: Connection, places: Mapping[str, str], everybody: bool) -> Grant:
    first, last = one.ports
    ports = f"{first:g}" if first == last else f"{first:g}–{last:g}"
    traffic = "every protocol" if one.protocol == "-1" else f"{bare(one.protocol)} {ports}"
    allows = one.words or traffic
    return Grant(
        holder=bare(named_text(one.source, places)),
        allows=f"{allows}, outbound" if one.outbound else allows,
        on=named_text(one.on, places),
        everybody=everybody,
    )
