"""ARNs of what SES knows by name, for policies that are written before, or beside, the resource."""

from __future__ import annotations

from aws_cdk import Stack
from constructs import IConstruct


def identity_arn(scope: IConstruct, name: str, region: str | None = None) -> str:
    """Return the ARN of a domain or address, in the region of the stack unless one is named."""
    return _arn(scope, f"identity/{name}", region)


def configuration_set_arn(scope: IConstruct, name: str, region: str | None = None) -> str:
    """Return the ARN of a configuration set, in the region of the stack unless one is named."""
    return _arn(scope, f"configuration-set/{name}", region)


def topic_arn(scope: IConstruct, name: str) -> str:
    """Return the ARN of a topic in the region of a construct's stack."""
    stack = Stack.of(scope)
    return f"arn:aws:sns:{stack.region}:{stack.account}:{name}"


def _arn(scope: IConstruct, resource: str, region: str | None) -> str:
    stack = Stack.of(scope)
    return f"arn:aws:ses:{region or stack.region}:{stack.account}:{resource}"
