"""The permissions boundary of a role."""

from __future__ import annotations

from embedded.gaps._calls import call
from embedded.gaps._ministack import Created, Properties, extend, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A role of a stack may do no more than its `PermissionsBoundary` allows.",
    page="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
    ministack="It drops the property.",
    effect=Effect.STRICTER,
)

TYPE = "AWS::IAM::Role"


def install() -> None:
    """Put the boundary onto the role, as the API does."""
    extend(TYPE, _bound)


def _bound(created: Created, properties: Properties) -> Created:
    role, policy = created[0], properties.get("PermissionsBoundary")
    if policy:
        request = {"RoleName": role, "PermissionsBoundary": policy}
        call("iam", "_put_role_permissions_boundary", request)
    else:
        service("iam")._roles[role].pop("PermissionsBoundary", None)
    return created
