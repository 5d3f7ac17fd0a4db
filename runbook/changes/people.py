"""Who somebody is, by AWS's own id of the caller (`aws:userid`).

A role's session is `AROA…:ann@example.org`: the role's id and the session's name. A user is
`AIDA…`, and the account's root user the account's number.
<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse>
"""

from __future__ import annotations

from runbook.changes.text import line


def name(who: str) -> str:
    """Return the name by which two sessions are one person's, whatever their roles are."""
    return who.rpartition(":")[2].casefold()


def same(first: str, second: str) -> bool:
    """Tell whether two callers are one person, who may have taken on two roles."""
    return name(first) == name(second)


def shown(who: str, arn: str) -> str:
    """Return how people know the caller who wrote a record.

    `arn` is what the record says of its writer: taken where it fits the id, which AWS vouches for.
    """
    _, session, known = who.rpartition(":")
    if session and not arn.endswith(f"/{known}"):
        return line(known)
    return line(arn.rpartition(":")[2].removeprefix("assumed-role/"))
