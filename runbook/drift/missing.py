"""Resources that are gone: drift detection names them, and nothing else can be asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from botocore.exceptions import ClientError

from runbook.base import aws

Found = TypeVar("Found")
MISSING = ("NotFound", "NoSuch", "DoesNotExist")
"""In the codes of every service for what it does not have."""


def while_there(answers: Iterable[Found]) -> Iterator[Found]:
    """Yield what can be said of a resource, and no more once its service says it has none."""
    try:
        yield from answers
    except ClientError as error:
        if not is_missing(error):
            raise


def is_missing(error: ClientError) -> bool:
    """Tell whether a service says that it does not have what was asked for."""
    return any(word in aws.code(error) for word in MISSING)
