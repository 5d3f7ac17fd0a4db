"""Every call of an AWS API, with parameters that its model accepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

# Not required by its model, but without it a call is judged as nobody's mail.
OPTIONAL = ("FromEmailAddress",)
SCALARS = {"boolean": True, "map": {}, "timestamp": "2026-01-01T00:00:00Z"}


def allowed(client: Any, sender: str, message: bytes) -> Iterator[str]:
    """Make every call that the client has; yield the operations that are not denied.

    A `sender` stands wherever a text is asked for, a `message` where bytes are.
    """
    model = client.meta.service_model
    for operation in model.operation_names:
        shape = model.operation_model(operation).input_shape
        given = example(shape, {"string": sender, "blob": message}) if shape else {}
        try:
            getattr(client, xform_name(operation))(**given)
        except ClientError as error:
            if error.response["Error"]["Code"].startswith("AccessDenied"):
                continue
        yield operation


def example(shape: Any, known: Mapping[str, Any], depth: int = 0) -> Any:
    """Make a value of a shape: what is required, and one member where nothing is, but not deep."""
    kind = shape.type_name
    if kind == "structure":
        names = shape.required_members or [*shape.members][: int(depth < 4)]
        names = [*names, *(name for name in OPTIONAL if name in shape.members)]
        return {name: example(shape.members[name], known, depth + 1) for name in names}
    if kind == "list":
        return [example(shape.member, known, depth + 1)]
    if kind == "string":
        minimum = int(shape.metadata.get("min", 0))
        return next(iter(shape.metadata.get("enum", ())), known[kind].rjust(minimum, "x"))
    return {**SCALARS, **known}.get(kind, 1)
