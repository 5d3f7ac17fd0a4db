"""Whether a permission is for whoever asks, however it is spelled.

<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from runbook.changes.access.addresses import is_wide, network_of
from runbook.changes.access.policy import Statement, Test

_RESTRICTING = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "kms:calleraccount",
        "lambda:eventsourcetoken",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
"""Keys that name somebody. What says how to ask, as `aws:SecureTransport`, restricts nobody."""

_WILD = {"*", "?"}
_PARTS = 5
_ID = 16
"""Characters of an id of IAM, at the least."""
_SUBJECT = ":sub"
"""Anybody may sign in with a public identity provider: only the subject tells who it is."""


def is_for_everybody(statement: Statement) -> bool:
    """Tell whether whoever asks is allowed."""
    if not statement.allows:
        return False
    if statement.who.excluded:
        return not is_restricted(statement.tests)
    (who,) = statement.who.patterns
    if who == "*":
        return not is_restricted(statement.tests)
    if any("assumerolewithwebidentity" in one.lower() for one in statement.actions.patterns):
        return not any(map(_names_a_subject, statement.tests))
    return False


def is_restricted(tests: Iterable[Test]) -> bool:
    """Tell whether conditions name somebody: whom, from where, or on whose behalf."""
    return any(test.key in _RESTRICTING and _is_narrow(test) for test in tests)


def _is_narrow(test: Test) -> bool:
    """Tell whether a condition has to hold, and does not hold for everybody."""
    operator = test.operator.lower()
    if "not" in operator or "ifexists" in operator or "forallvalues" in operator:
        return False
    if operator.endswith("ipaddress"):
        return not any(_is_everywhere(value) for value in test.values)
    return all(map(_is_one, test.values))


def _is_one(value: str) -> bool:
    """Tell whether a value names one account or one thing: a star may stand for anybody's.

    In an ARN for the account; S3's has none, and there the bucket is somebody's. Elsewhere behind
    an id that AWS gives away once, as that of a role.
    """
    if value.startswith("arn:"):
        account, resource = f"{value}:::::".split(":", _PARTS)[4:6]
        return not {*account} & _WILD and (bool(account) or resource[:1] not in {*_WILD, ":", ""})
    literal = re.split(r"[*?]", value)[0]
    return literal == value or len(literal) >= _ID


def _is_everywhere(value: str) -> bool:
    network = network_of(value)
    return network is None or is_wide(network)


def _names_a_subject(test: Test) -> bool:
    """Tell whether a condition names whose pipeline it is: `repo:owner/*`, but not `repo:*`."""
    operator = test.operator.lower()
    fits = test.key.endswith(_SUBJECT) and "not" not in operator and "ifexists" not in operator
    return fits and all(_owner(value).strip("*?") for value in test.values)


def _owner(subject: str) -> str:
    """Return the part of a subject that names the owner: `example` of `repo:example/*`."""
    return subject.partition(":")[2].partition("/")[0]
