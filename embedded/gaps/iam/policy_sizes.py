"""How long policies may be. White space does not count."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import Properties, extend, service
from embedded.gaps._policies import size
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "Policies end at a size: 2,048 characters of trust, 6,144 of a managed policy, 10,240, "
        "5,120 and 2,048 for all inline policies of a role, a group and a user together."
    ),
    page="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    ministack="It takes a policy of any size.",
    effect=Effect.STRICTER,
)
TRUST = 2_048
MANAGED = 6_144
INLINE = {"role": 10_240, "group": 5_120, "user": 2_048}


def install() -> None:
    """Count before a policy is taken."""
    extend("AWS::IAM::Role", check=_role)
    extend("AWS::IAM::ManagedPolicy", check=_managed)
    extend("AWS::IAM::Policy", check=_policy)
    extend("AWS::IAM::User", check=lambda properties: _inline("user", properties))


def _role(properties: Properties) -> None:
    if size(properties.get("AssumeRolePolicyDocument")) > TRUST:
        raise ValueError(f"Cannot exceed quota for ACLSizePerRole: {TRUST}")
    _inline("role", properties)


def _managed(properties: Properties) -> None:
    if size(properties.get("PolicyDocument")) > MANAGED:
        raise ValueError(f"Cannot exceed quota for PolicySize: {MANAGED}")


def _inline(kind: str, properties: Properties) -> None:
    documents = [policy["PolicyDocument"] for policy in properties.get("Policies", ())]
    _count(kind, properties.get(f"{kind.title()}Name", ""), documents)


def _policy(properties: Properties) -> None:
    """An inline policy of its own counts with all others of each role, group and user."""
    for kind in INLINE:
        for name in properties.get(f"{kind.title()}s", ()):
            others = {**_present(kind, name), properties.get("PolicyName"): None}
            _count(kind, name, [*filter(None, others.values()), properties["PolicyDocument"]])


def _present(kind: str, name: str) -> dict[Any, Any]:
    iam = service("iam")
    if kind == "role":
        return dict(iam._roles.get(name, {}).get("InlinePolicies", {}))
    store = iam._user_inline_policies if kind == "user" else iam._group_inline_policies
    return dict(store.get(name, {}))


def _count(kind: str, name: str, documents: list[Any]) -> None:
    limit = INLINE[kind]
    if sum(map(size, documents)) > limit:
        raise ValueError(f"Maximum policy size of {limit} bytes exceeded for {kind} {name}")
