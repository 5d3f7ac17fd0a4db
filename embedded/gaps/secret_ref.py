"""`Ref` of a secret is its ARN on AWS and its name in ministack.

A policy written on the name denies what it should allow, so every stack with a secret would fail.
"""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import HANDLERS, Created, Properties, service

TYPE = "AWS::SecretsManager::Secret"


def install() -> None:
    """Keep the ARN as the physical id, and give ministack's own handlers the name they go by."""
    pristine = dict(HANDLERS[TYPE])

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        return _by_arn(pristine["create"](logical_id, properties, stack))

    def update(arn: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Created:
        return _by_arn(pristine["update"](_name(arn), old, new, stack, logical_id))

    def delete(arn: str, properties: Properties) -> None:
        pristine["delete"](_name(arn), properties)

    HANDLERS[TYPE] = {**pristine, "create": create, "update": update, "delete": delete}


def _by_arn(created: tuple[str, dict[str, Any]]) -> Created:
    return created[1]["Arn"], created[1]


def _name(arn: str) -> str:
    name, _ = service("secretsmanager")._resolve(arn)
    # A secret that someone deleted by hand has no name any more; its ARN finds nothing either.
    return str(name or arn)
