"""Which permissions are dangerous, and why: each is of the first kind in the list that it is of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from typing import NamedTuple

from runbook.changes.access.actions import ESCALATING, PROTECTING, READING_DATA
from runbook.changes.access.everybody import is_restricted
from runbook.changes.access.globs import may_meet
from runbook.changes.access.identities import SIGN_IN, UNBOUND, reference
from runbook.changes.access.policy import Statement
from runbook.changes.access.resource_policies import ACT_AS, SIGN_IN_AS, UNLIMITED
from runbook.changes.access.switches import GUARD
from runbook.changes.parts import Danger
from runbook.changes.template.values import CLOSE, COMPUTED, OPEN

_SOME = re.compile(rf"{OPEN}|arn:[\w-]+:(?!iam:|organizations:)[a-z0-9-]+:")
"""Begins what is no more than resources of one service, which gives no rights to others."""
_ALL = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(\*$|[^:]*:\*$|[^:]+:[a-z-]+[:/]\*$)")
"""Every resource of a service, or every one of a kind: `…:123456789012:secret:*`."""
_TAKING_ON = ("sts:assumerole*", "sts:setsourceidentity", "sts:tagsession")
_ADMINISTRATORS = re.compile(r"policy/(AdministratorAccess|IAMFullAccess|PowerUserAccess)$")
_READING = re.compile(
    r"[a-z0-9-]+:(batchdescribe|batchget|describe|get|head|list|lookup|search|simulate|view)"
)
_CANONICAL = re.compile(r"[0-9a-f]{64}|arn:[\w-]+:iam::cloudfront:.*")
"""A user by a number, and CloudFront's identities: of which account, nobody can tell."""


class _Right(NamedTuple):
    """A permission that begins, or a denial that ends."""

    statement: Statement
    actions: Set[str]
    """In small letters, as IAM compares them."""
    new: Set[str]
    """What is added by the same change, by reference."""

    def may_be(self, known: Set[str] | tuple[str, ...]) -> bool:
        """Tell whether one of its actions may be one that is known."""
        return any(may_meet(action, one.lower()) for action in self.actions for one in known)

    @property
    def is_trust(self) -> bool:
        """Whether it stands in a role's own policy, and lets somebody take the role on."""
        return self.statement.subject in self.statement.resources.patterns and self.may_be(
            _TAKING_ON
        )


def danger_of(statement: Statement, new: Set[str]) -> Danger | None:
    """Return what is dangerous about a permission that begins, or a denial that ends.

    `new` are references to what the same change adds.
    """
    actions = {action.lower() for action in statement.actions.patterns}
    right = _Right(statement, actions, new)
    return next((danger for danger, is_so in _KINDS if is_so(right)), None)


def _is_unreadable(right: _Right) -> bool:
    return any(COMPUTED in text for text in _texts(right.statement))


def _texts(statement: Statement) -> Iterator[str]:
    for terms in (statement.who, statement.actions, statement.resources):
        yield from terms.patterns
    for test in statement.tests:
        yield from test.values


def _ends_a_guard(right: _Right) -> bool:
    guards = any(text.startswith(GUARD) for text in right.statement.who.patterns)
    return guards or not right.statement.allows or UNLIMITED in right.statement.actions.patterns


def _is_foreign(right: _Right) -> bool:
    """Tell whether somebody of an account that nobody can tell is let in.

    A canonical user is an account by another number. A service acts for whoever asks it to, unless
    a condition says for whom: <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    """
    who = right.statement.who.patterns
    if any(map(_CANONICAL.fullmatch, who)):
        return True
    services = all(one.endswith(".amazonaws.com") for one in who)
    restricted = right.may_be(_TAKING_ON) or is_restricted(right.statement.tests)
    return services and not restricted


def _acts_as_somebody(right: _Right) -> bool:
    """Tell a password, and a role. The rights of one that is new are shown themselves."""
    roles = right.statement.resources.patterns if ACT_AS in right.actions else ()
    return SIGN_IN in right.actions or not all(_reference(one) in right.new for one in roles)


def _reference(role: str) -> str:
    return reference(role.strip(OPEN + CLOSE).partition(".")[0])


def _is_trusted(right: _Right) -> bool:
    """Tell who may take a role on. A role that is added has to trust a service, as most do."""
    services = all(who.endswith(".amazonaws.com") for who in right.statement.who.patterns)
    known = right.statement.subject in right.new
    clients = any(action.startswith(SIGN_IN_AS) for action in right.actions)
    return (right.is_trust and not (services and known)) or (clients and not known)


def _is_administrator(right: _Right) -> bool:
    actions, resources = right.statement.actions, right.statement.resources
    if any(map(_ADMINISTRATORS.search, actions.patterns)):
        return True
    everything = actions.excluded or bool(right.actions & {"*", "*:*"})
    return everything and (resources.excluded or not all(map(_SOME.match, resources.patterns)))


def _escalates(right: _Right) -> bool:
    return UNBOUND in right.actions or (not right.is_trust and right.may_be(ESCALATING))


def _weakens(right: _Right) -> bool:
    return right.may_be(PROTECTING)


def _is_broad(right: _Right) -> bool:
    resources, tests = right.statement.resources, right.statement.tests
    all_of_a_kind = not tests and any(map(_ALL.match, resources.patterns))
    everything = resources.excluded or "*" in resources.patterns or all_of_a_kind
    spelled = (action for action in right.actions if ":" in action)
    writes = right.may_be(READING_DATA) or any(not _READING.match(action) for action in spelled)
    return (everything and writes) or any(action.endswith(":*") for action in right.actions)


_KINDS: tuple[tuple[Danger, Callable[[_Right], bool]], ...] = (
    (Danger.UNREADABLE, _is_unreadable),
    (Danger.WEAKENED, _ends_a_guard),
    (Danger.FOREIGN, _is_foreign),
    (Danger.ESCALATES, _acts_as_somebody),
    (Danger.TRUST, _is_trusted),
    (Danger.ADMINISTRATOR, _is_administrator),
    (Danger.ESCALATES, _escalates),
    (Danger.WEAKENED, _weakens),
    (Danger.BROAD, _is_broad),
)
