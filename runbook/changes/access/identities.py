"""What users, roles and groups may do: their own policies, attached ones, and those of groups.

<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html>
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from runbook.changes.access.policy import Statement, allowed, read_or_mark
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import CLOSE, OPEN, Template

NAMES: Mapping[str, str] = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}
HOLDERS: Mapping[str, str] = {"Groups": "group", "Roles": "role", "Users": "user"}
_INLINE: Mapping[str, tuple[str, str]] = {
    "AWS::IAM::GroupPolicy": ("GroupName", "group"),
    "AWS::IAM::RolePolicy": ("RoleName", "role"),
    "AWS::IAM::UserPolicy": ("UserName", "user"),
}
SIGN_IN = "sign in to the console with a password"
UNBOUND = "without a permissions boundary"
WITHIN = "within the permissions boundary "


@dataclass
class _Account:
    """Who has which policies. An identity is a reference, or its kind and name."""

    documents: dict[str, list[JsonValue]] = field(default_factory=lambda: defaultdict(list))
    policies: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Managed policies by their ARN, or by a reference."""
    groups: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    boundaries: dict[str, str] = field(default_factory=dict)


def statements(version: Reading) -> Iterator[Statement]:
    """Yield what every identity may do, what it has from its groups included."""
    account = _read(version)
    for logical_id, resource in version.resources.items():
        if "LoginProfile" in resource.get("Properties", {}) and resource["Type"] in NAMES:
            yield allowed(reference(logical_id), SIGN_IN, "this account")
    holders = {*account.documents, *account.policies, *account.groups}
    for who in sorted(holders):
        for source in (who, *account.groups[who]):
            for document in account.documents[source]:
                yield from read_or_mark(document, who=who, subject=who)
            for policy in account.policies[source]:
                yield from _managed(policy, who, version)


def _read(version: Reading) -> _Account:
    account = _Account()
    known = _by_name(version)
    for logical_id, resource in version.resources.items():
        own, properties = reference(logical_id), resource.get("Properties", {})
        match resource["Type"]:
            case kind if kind in NAMES:
                _own(account, own, properties, known)
            case "AWS::IAM::Policy":
                for who in _holders(properties, known):
                    account.documents[who].append(properties.get("PolicyDocument"))
            case "AWS::IAM::ManagedPolicy":
                for who in _holders(properties, known):
                    account.policies[who].append(own)
            case kind if kind in _INLINE:
                key, sort = _INLINE[kind]
                who = _known_or_named(known, sort, properties.get(key))
                account.documents[who].append(properties.get("PolicyDocument"))
            case "AWS::IAM::UserToGroupAddition":
                group = _known_or_named(known, "group", properties.get("GroupName"))
                for user in properties.get("Users", ()):
                    account.groups[_known_or_named(known, "user", user)].append(group)
    _unattached(account, version)
    return account


def _unattached(account: _Account, version: Reading) -> None:
    """A managed policy that this stack gives to nobody may be given to somebody elsewhere."""
    given = {policy for policies in account.policies.values() for policy in policies}
    for logical_id, resource in version.resources.items():
        own = reference(logical_id)
        known = own in given or own in account.boundaries.values()
        if resource["Type"] == "AWS::IAM::ManagedPolicy" and not known:
            account.policies[f"whoever has {own}"].append(own)


def _own(
    account: _Account, who: str, properties: Template, known: Mapping[tuple[str, str], str]
) -> None:
    """Note what an identity's own resource says of it."""
    for policy in properties.get("Policies", ()):
        document = policy.get("PolicyDocument") if isinstance(policy, dict) else policy
        account.documents[who].append(document)
    account.policies[who] += [str(arn) for arn in properties.get("ManagedPolicyArns", ())]
    for group in properties.get("Groups", ()):
        account.groups[who].append(_known_or_named(known, "group", group))
    if "PermissionsBoundary" in properties:
        account.boundaries[who] = str(properties["PermissionsBoundary"])


def _holders(properties: Template, known: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for key, sort in HOLDERS.items():
        for name in properties.get(key, ()):
            yield _known_or_named(known, sort, name)


def _by_name(version: Reading) -> dict[tuple[str, str], str]:
    """Return identities of the template by the names that others may use for them."""
    found: dict[tuple[str, str], str] = {}
    for logical_id, resource in version.resources.items():
        if resource["Type"] in NAMES:
            sort = resource["Type"].rpartition("::")[2].lower()
            name = resource.get("Properties", {}).get(NAMES[resource["Type"]])
            found[sort, reference(logical_id)] = reference(logical_id)
            if isinstance(name, str):
                found[sort, name] = reference(logical_id)
    return found


def reference(logical_id: str) -> str:
    """Return what a reference to a resource is worked out to."""
    return f"{OPEN}{logical_id}{CLOSE}"


def _identity(sort: str, name: JsonValue) -> str:
    return f"{sort} {name}"


def _known_or_named(known: Mapping[tuple[str, str], str], sort: str, name: JsonValue) -> str:
    """Return the reference to an identity of the stack, or else the name of another one."""
    return known.get((sort, str(name)), _identity(sort, name))


def _managed(policy: str, who: str, version: Reading) -> Iterator[Statement]:
    resource = version.resources.get(policy.strip(OPEN + CLOSE))
    if resource is None:
        yield allowed(who, f"everything in the policy {policy}", "*")
        return
    document = resource.get("Properties", {}).get("PolicyDocument")
    yield from read_or_mark(document, who=who, subject=who)


def boundaries(before: Reading, after: Reading) -> tuple[list[Statement], list[Statement]]:
    """Return what differs between the permissions boundaries of identities that stay.

    Without one, an identity may do all that its policies say.
    <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
    """
    old, new = _read(before).boundaries, _read(after).boundaries
    was: list[Statement] = []
    will: list[Statement] = []
    for who in sorted({reference(name) for name in {*before.resources} & {*after.resources}}):
        first, second = old.get(who), new.get(who)
        if first == second:
            was += _bounding(first, who, before)
            will += _bounding(second, who, after)
        elif first is None:
            was.append(allowed(who, UNBOUND, "*"))
        elif second is None:
            will.append(allowed(who, UNBOUND, "*"))
        else:
            was.append(allowed(who, f"{WITHIN}{first}", "*"))
            will.append(allowed(who, f"{WITHIN}{second}", "*"))
    return was, will


def _bounding(boundary: str | None, who: str, version: Reading) -> Iterator[Statement]:
    """Yield what a boundary of the same template lets through: it may grow as well."""
    resource = version.resources.get((boundary or "").strip(OPEN + CLOSE))
    if resource is not None:
        document = resource.get("Properties", {}).get("PolicyDocument")
        yield from read_or_mark(document, who=f"the permissions boundary of {who}", subject=who)
