"""`aws:PrincipalArn` of a role's session.

Without it, a policy that refuses everybody but some roles would refuse these roles too.
"""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import iam_evaluator, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="`aws:PrincipalArn` of a role's session is the role's ARN.",
    page=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
        "reference_policies_condition-keys.html#condition-keys-principalarn"
    ),
    ministack="It is the session's ARN.",
    effect=Effect.CAPABLE,
)

SESSION = ":assumed-role/"


def install() -> None:
    """Resolve the key by the role's own record, which knows the role's path."""
    pristine = iam_evaluator._resolve_condition_key

    def resolve(key: str, context: Any) -> Any:
        found = pristine(key, context)
        if key.lower() == "aws:principalarn" and SESSION in str(found):
            return _role(str(found))
        return found

    iam_evaluator._resolve_condition_key = resolve


def _role(session: str) -> str:
    before, _, names = session.partition(SESSION)
    name, account = names.split("/")[0], before.rpartition(":")[2]
    role = service("iam")._roles.get(name)
    return str(role["Arn"]) if role else f"arn:aws:iam::{account}:role/{name}"
