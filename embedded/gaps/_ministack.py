"""The parts of ministack that the gaps extend. They are private to it: a new version may move them.

In one place, so that a version that moved something says so here, once, when the server starts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]
Create = Callable[[str, Properties, str], Created]
Update = Callable[[str, Properties, Properties, str], Created]
Delete = Callable[[str, Properties], None]
Response = tuple[int, dict[str, str], bytes]

# No stubs exist: everything of ministack is Any, and what the gaps make of it is not.
provisioners: Any = import_module("ministack.services.cloudformation.provisioners")
responses: Any = import_module("ministack.core.responses")
app: Any = import_module("ministack.app")

HANDLERS: dict[str, dict[str, Any]] = provisioners._RESOURCE_HANDLERS
REPLACING: dict[str, tuple[str, ...]] = provisioners._REPLACING_PROPERTIES


def service(name: str) -> Any:
    """A service's module, with its stores and its request handlers."""
    return import_module(f"ministack.services.{name}")


def account() -> str:
    """The account of the request, or of the stack operation, that is being served."""
    return str(responses.get_account_id())


def region() -> str:
    """The region of the request, or of the stack operation, that is being served."""
    return str(responses.get_region())


def generated_name(stack: str, logical_id: str, length: int = 64) -> str:
    """The name that CloudFormation makes up when a template gives none: stable over updates."""
    return str(provisioners._physical_name(stack, logical_id, max_len=length))


def register(
    resource_type: str,
    create: Create,
    update: Update,
    delete: Delete,
    *,
    replacing: tuple[str, ...],
) -> None:
    """Add a resource type. A change of a `replacing` property makes a new resource."""
    HANDLERS[resource_type] = {"create": create, "update": update, "delete": delete}
    REPLACING[resource_type] = replacing


def accepted(response: Response, what: str) -> bytes:
    """The body of a successful answer; a refusal fails the resource in the API's own words."""
    status, _, body = response
    if status >= 300:
        raise ValueError(f"{what} failed: {body.decode(errors='replace')}")
    return body


def call(service_name: str, function: str, parameters: Mapping[str, str]) -> str:
    """Call a Query API's own function, as the account and region being served; its XML answer."""
    response = getattr(service(service_name), function)(dict(parameters))
    return accepted(response, function.strip("_")).decode()


def element(xml: str, name: str) -> str:
    """The text of the first element of that name in an API's answer."""
    found = re.search(rf"<{name}>([^<]*)</{name}>", xml)
    if found is None:
        raise ValueError(f"The answer has no <{name}>: {xml}")
    return found[1]


def flattened(prefix: str, value: Any) -> dict[str, str]:
    """A value as a Query API's parameters: `Rule.Actions.member.1.S3Action.BucketName`."""
    if isinstance(value, Mapping):
        items = {f"{prefix}.{name}": item for name, item in value.items()}
    elif isinstance(value, list):
        items = {f"{prefix}.member.{n}": item for n, item in enumerate(value, 1)}
    elif isinstance(value, bool):
        return {prefix: str(value).lower()}
    else:
        return {prefix: str(value)}
    return {
        name: text for path, item in items.items() for name, text in flattened(path, item).items()
    }
