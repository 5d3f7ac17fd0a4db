"""What a reader is, and the few shapes that most of them share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

Properties = dict[str, Any]
Clients = Callable[[str], Any]
"""A client of a service, in the region that is being read."""


class NotFoundError(Exception):
    """The resource does not exist."""


def _no_attributes(clients: Clients, *identifier: str) -> Properties:
    return {}


@dataclass(frozen=True)
class Reader:
    """How resources of one type are found and read.

    `identifier` names the properties of the type's `primaryIdentifier`. The last of them is what
    CloudFormation keeps as the physical id; the others are properties of the resource too.
    """

    identifier: tuple[str, ...]
    properties: frozenset[str]
    """Everything that `read` can return."""
    find: Callable[[Clients], Iterator[tuple[str, ...]]]
    """Yields the identifiers of all resources of the type."""
    read: Callable[..., Properties]
    """Takes the clients and an identifier. Raises `NotFoundError`, or AWS's own refusal."""
    attributes: Callable[..., Properties] = _no_attributes
    """What `Fn::GetAtt` answers, beside the properties."""
    joined: bool = False
    """Whether the physical id is the whole identifier, with a bar between its parts."""

    def current(self, clients: Clients, identifier: tuple[str, ...]) -> Properties | None:
        """Return what the resource is now, without what is unset; None when there is none."""
        try:
            with missing_is_none():
                found = self.read(clients, *identifier)
        except NotFoundError:
            return None
        return {name: value for name, value in found.items() if value not in (None, "")}

    def physical_id(self, identifier: tuple[str, ...]) -> str:
        """Return what CloudFormation keeps of an identifier."""
        return "|".join(identifier) if self.joined else identifier[-1]

    def identified(self, physical_id: str, properties: Properties) -> tuple[str, ...]:
        """Return the identifier of a resource of a stack."""
        return tuple(str(properties.get(name) or physical_id) for name in self.identifier)


_MISSING = (
    "NoSuch",
    "NotFound",
    "DoesNotExist",
    "InvalidDocument",
    "InvalidGroup",
    "RuleDoesNotExist",
    "ResourceNotFound",
)


@contextmanager
def missing_is_none() -> Iterator[None]:
    """Read every service's own "there is none" as one: each has another name for it."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "404" or any(word in code for word in _MISSING):
            raise NotFoundError from None
        raise


def optional(ask: Callable[[], Any]) -> Any:
    """Return an answer, or None where the service says that the thing is not set."""
    try:
        with missing_is_none():
            return ask()
    except NotFoundError:
        return None


def first(items: Iterable[Any]) -> Any:
    """Return the only item of an answer."""
    for item in items:
        return item
    raise NotFoundError


def pages(client: Any, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
    """Yield the items of every page, where the operation has pages."""
    if client.can_paginate(operation):
        for page in client.get_paginator(operation).paginate(**parameters):
            yield from page.get(key, ())
    else:
        yield from getattr(client, operation)(**parameters).get(key, ())


def tags(found: Iterable[Mapping[str, str]] | None) -> list[dict[str, str]] | None:
    """Return tags in the order of their keys, without those of AWS itself."""
    kept = [{"Key": t["Key"], "Value": t["Value"]} for t in found or ()]
    ours = [tag for tag in kept if not tag["Key"].startswith("aws:")]
    return sorted(ours, key=lambda tag: tag["Key"]) or None


def document(text: Any) -> Any:
    """Return a policy that an API gives as text, which IAM writes with percent signs."""
    return json.loads(unquote(text)) if isinstance(text, str) else text


def picked(found: Mapping[str, Any], *names: str) -> Properties:
    """Return the properties that the API and CloudFormation have under one name."""
    return {name: found[name] for name in names if name in found}
