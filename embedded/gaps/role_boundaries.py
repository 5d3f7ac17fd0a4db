"""`AWS::IAM::Role` drops `PermissionsBoundary`; a role would be allowed what AWS denies it."""

from __future__ import annotations

from embedded.gaps._ministack import HANDLERS, Created, Properties, call, service

TYPE = "AWS::IAM::Role"


def install() -> None:
    """Put the boundary onto the role, as the API does."""
    pristine = dict(HANDLERS[TYPE])

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        created: Created = pristine["create"](logical_id, properties, stack)
        _bound(created[0], properties)
        return created

    def update(name: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Created:
        created: Created = pristine["update"](name, old, new, stack, logical_id)
        _bound(created[0], new)
        return created

    HANDLERS[TYPE] = {**pristine, "create": create, "update": update}


def _bound(role: str, properties: Properties) -> None:
    policy = properties.get("PermissionsBoundary")
    if policy:
        request = {"RoleName": role, "PermissionsBoundary": policy}
        call("iam", "_put_role_permissions_boundary", request)
    else:
        service("iam")._roles[role].pop("PermissionsBoundary", None)
