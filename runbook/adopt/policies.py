"""What a user may do by every policy that reaches it, for a single question at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from runbook.adopt.account import Account
from runbook.adopt.item import Live

MOST_KEYS = 2
KEPT = (
    "it is kept and goes on working; Groundwork makes the second key, the last that IAM allows. A "
    "renewal is refused while this one is active: deactivate it when nothing uses it any more"
)
"""What becomes of the one key that a user has."""


class Held(NamedTuple):
    """One statement that a user holds, and the policy that has it."""

    policy: str
    inline: bool
    statement: dict[str, Any]

    @property
    def actions(self) -> list[str]:
        """The actions of the statement, in lower case: IAM does not tell cases apart."""
        return [action.lower() for action in listed(self.statement.get("Action"))]

    @property
    def resources(self) -> list[str]:
        """The resources of the statement."""
        return listed(self.statement.get("Resource"))

    def allows(self, action: str) -> bool:
        """Tell whether it allows an action, whatever the resource."""
        return self.statement["Effect"] == "Allow" and any(
            fnmatchcase(action.lower(), pattern) for pattern in self.actions
        )


def held(account: Account, user: Live) -> Iterator[Held]:
    """Yield what a user holds: in itself, attached, and through its groups."""
    yield from _of(account, user.properties)
    for group in user.properties.get("Groups", ()):
        found = account.named("AWS::IAM::Group", group)
        if found:
            yield from _of(account, found.properties)


def _of(account: Account, properties: Any) -> Iterator[Held]:
    for policy in properties.get("Policies", ()):
        yield from _statements(policy["PolicyName"], policy["PolicyDocument"], inline=True)
    for arn in properties.get("ManagedPolicyArns", ()):
        yield from _statements(arn, _document(account, arn), inline=False)


def _document(account: Account, arn: str) -> Any:
    """Read a managed policy, AWS's own too, of which Cloud Control knows nothing."""
    iam = account.client("iam")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def _statements(name: str, document: Any, *, inline: bool) -> Iterator[Held]:
    for statement in listed(document["Statement"]):
        yield Held(name, inline, statement)


def allowing(statements: Iterable[Held]) -> str:
    """Say what statements allow, as they are written: more than Groundwork's own may."""
    return "; ".join(dict.fromkeys(text for item in statements for text in _said(item.statement)))


def _said(statement: dict[str, Any]) -> Iterator[str]:
    denied = "but not " if statement["Effect"] == "Deny" else ""
    bound = ", under conditions" if statement.get("Condition") else ""
    for action in _but(statement, "Action"):
        yield f"{denied}{action} on {', '.join(_but(statement, 'Resource'))}{bound}"


def _but(statement: dict[str, Any], name: str) -> list[str]:
    """Return the actions or the resources of a statement, or everything but those it excepts."""
    excepted = ", ".join(listed(statement.get(f"Not{name}")))
    return [f"everything but {excepted}"] if excepted else listed(statement.get(name))


def listed(value: Any) -> list[Any]:
    """Return one or many as many, as policies are written."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def keys(account: Account, user: str) -> list[dict[str, Any]]:
    """Return a user's access keys, which stay as they are."""
    found: list[dict[str, Any]] = account.client("iam").list_access_keys(UserName=user)[
        "AccessKeyMetadata"
    ]
    return found
