"""What a secret's own policy refuses to the account's root user and its administrator.

Commands run as the administrator here. Without it, they would read what nobody on AWS could.
"""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import account, iam_evaluator
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A denial in a secret's policy holds for the account's root user, too.",
    page=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
        "reference_policies_evaluation-logic_policy-eval-denyallow.html"
    ),
    ministack="It asks no policy about the root user.",
    effect=Effect.STRICTER,
)

SERVICE = "secretsmanager"


def install() -> None:
    """Ask the secret's policy after ministack has let the root user pass."""
    judge = iam_evaluator.enforce

    def enforce(
        key: str, action: str, service: str, region: str, resource_arn: str = "*", **context: Any
    ) -> Any:
        refused = judge(key, action, service, region, resource_arn=resource_arn, **context)
        if refused is None and service == SERVICE and iam_evaluator.is_root_access_key(key or ""):
            return _denial(key, action, region, resource_arn)
        return refused

    iam_evaluator.enforce = enforce


def _denial(key: str, action: str, region: str, secret: str) -> Any:
    """What the policy refuses; None if it does not. It cannot allow what root may do anyway."""
    policy = iam_evaluator._resource_policy(SERVICE, secret)
    if policy is None:
        return None
    root = iam_evaluator.resolve_principal(key, account())
    asked = iam_evaluator.EvalContext(
        principal_arn=root.arn,
        principal_type=root.type,
        principal_account=root.account,
        action=action,
        resource_arn=secret,
        region=region,
        principal_keys=root.keys,
    )
    result = iam_evaluator.evaluate_resource_policy(policy[0], asked)
    if result.decision != "Deny":
        return None
    result.principal_arn, result.resource_policy_arn = root.arn, secret
    return result
