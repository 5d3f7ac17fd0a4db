"""Roles that whoever their trust policy names may assume."""

from __future__ import annotations

import re
from typing import Any

from embedded.gaps._ministack import iam_actions, iam_evaluator, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A user or role that the trust policy of a role of its account names needs no permission "
        "of its own to assume it."
    ),
    page="https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
    ministack="It needs one.",
    effect=Effect.CAPABLE,
)

ROLE = re.compile(r"arn:aws:iam::(\d{12}):role/(?:.*/)?([^/]+)")
ASKED = "sts:AssumeRole"
KEYS = {"sts:RoleSessionName": "RoleSessionName", "sts:ExternalId": "ExternalId"}
"""What a trust policy asks of a call, by the call's parameter."""


def install() -> None:
    """Have trust policies evaluated as the policies of other resources are, before the call is."""
    service("iam").trust_policy_for_arn = _trust_policy
    iam_evaluator._RESOURCE_POLICY_LOOKUPS["sts"] = ("iam", "trust_policy_for_arn")
    pristine = iam_actions.request_tag_context

    def context(name: str, action: str, body: bytes, parameters: Any) -> dict[str, Any]:
        found: dict[str, Any] = pristine(name, action, body, parameters)
        if action == ASKED:
            given = {key: iam_actions._query_param(parameters, KEYS[key]) for key in KEYS}
            found |= {key: value for key, value in given.items() if value}
        return found

    iam_actions.request_tag_context = context


def _trust_policy(arn: str) -> tuple[Any, str] | None:
    """A role's trust policy and its account; None for what is no role."""
    named = ROLE.fullmatch(arn)
    role = named and service("iam")._roles.get_scoped(named[1], None, named[2])
    return (role["AssumeRolePolicyDocument"], named[1]) if named and role else None
