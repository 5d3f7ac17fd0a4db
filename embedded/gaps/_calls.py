"""What gaps pass to ministack's own APIs and read from their answers, as templates have it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from embedded.gaps._ministack import Properties, Response, service


def true(value: Any) -> bool:
    """A boolean of a template or of a Query API, where it may also be written as text."""
    return str(value).lower() == "true"


def with_booleans(properties: Properties) -> Properties:
    """The properties with the booleans that are written as text read."""
    return {
        name: true(value) if value in ("true", "false") else value
        for name, value in properties.items()
    }


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
