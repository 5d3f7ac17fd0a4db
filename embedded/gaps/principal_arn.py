"""`aws:PrincipalArn` of a role's session is the role's ARN on AWS; ministack gives the session's.

A policy that refuses everybody but some roles would refuse these roles too.
<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from embedded.gaps._ministack import service

SESSION = ":assumed-role/"


def install() -> None:
    """Resolve the key by the role's own record, which knows the role's path."""
    evaluator: Any = import_module("ministack.core.iam_evaluator")
    pristine = evaluator._resolve_condition_key

    def resolve(key: str, context: Any) -> Any:
        found = pristine(key, context)
        if key.lower() == "aws:principalarn" and SESSION in str(found):
            return _role(str(found))
        return found

    evaluator._resolve_condition_key = resolve


def _role(session: str) -> str:
    before, _, names = session.partition(SESSION)
    name, account = names.split("/")[0], before.rpartition(":")[2]
    role = service("iam")._roles.get(name)
    return str(role["Arn"]) if role else f"arn:aws:iam::{account}:role/{name}"
