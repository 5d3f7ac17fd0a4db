"""Whether a permission is for whoever asks, however it is spelled.

<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from runbook.changes.access.addresses import collapsed, is_wide, network_of
from runbook.changes.access.globs import may_meet
from runbook.changes.access.policy import Statement, Test
from runbook.changes.template.values import OPEN

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

_HOLDING = frozenset(
    {
        "arnequals",
        "arnlike",
        "ipaddress",
        "stringequals",
        "stringequalsignorecase",
        "stringlike",
    }
)
"""What holds for some only. `Null`, `…IfExists`, `Not…` and `ForAllValues:` let others in.

<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
"""
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
    own = who == statement.subject  # an identity's own policy lets nobody act as it
    return not own and _signs_in(who, statement) and not any(map(_names_a_subject, statement.tests))


def _signs_in(who: str, statement: Statement) -> bool:
    """Tell whether an identity provider's users may take a role on, by `sts:*` as well."""
    action = "sts:assumerolewithwebidentity"
    provider = ":oidc-provider/" in who or OPEN in who
    return any(
        one == action or (provider and one.startswith("sts:") and may_meet(one, action))
        for one in map(str.lower, statement.actions.patterns)
    )


def is_restricted(tests: Iterable[Test]) -> bool:
    """Tell whether conditions name somebody: whom, from where, or on whose behalf."""
    return any(test.key in _RESTRICTING and _is_narrow(test) for test in tests)


def _is_narrow(test: Test) -> bool:
    """Tell whether a condition has to hold, and does not hold for everybody."""
    if not _holds_for_some(test):
        return False
    if test.operator.lower().endswith("ipaddress"):
        known = all(map(network_of, test.values))
        return known and not any(map(is_wide, collapsed(test.values)))
    return all(map(_is_one, test.values))


def _holds_for_some(test: Test) -> bool:
    return test.operator.lower().removeprefix("foranyvalue:") in _HOLDING


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


def _names_a_subject(test: Test) -> bool:
    """Tell whether a condition names whose pipeline it is: `repo:owner/*`, but not `repo:own*`."""
    fits = test.key.endswith(_SUBJECT) and _holds_for_some(test)
    owners = [_owner(value) for value in test.values]
    return fits and all(owner and not {*owner} & _WILD for owner in owners)


def _owner(subject: str) -> str:
    """Return the part of a subject that names the owner: `example` of `repo:example/*`."""
    return re.split("[:/]", subject.partition(":")[2] or subject)[0]
