"""`Ref` of an instance profile is its name on AWS and its ARN in ministack."""

from __future__ import annotations

from embedded.gaps._ministack import HANDLERS, Created, Properties, service

TYPE = "AWS::IAM::InstanceProfile"


def install() -> None:
    """Keep the name as the physical id, and give ministack's own handlers the ARN they go by."""
    pristine = dict(HANDLERS[TYPE])

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        return _by_name(pristine["create"](logical_id, properties, stack))

    def update(name: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Created:
        return _by_name(pristine["update"](_arn(name), old, new, stack, logical_id))

    def delete(name: str, properties: Properties) -> None:
        pristine["delete"](_arn(name), properties)

    HANDLERS[TYPE] = {**pristine, "create": create, "update": update, "delete": delete}


def _by_name(created: Created) -> Created:
    arn, attributes = created
    return arn.rpartition("/")[2], attributes


def _arn(name: str) -> str:
    return str(service("iam")._instance_profiles.get(name, {"Arn": name})["Arn"])
