"""ARNs of what SES knows by name, for policies that are written before, or beside, the resource."""

from __future__ import annotations

from aws_cdk import Stack
from constructs import IConstruct


def identity_arn(scope: IConstruct, name: str) -> str:
    """Return the ARN of a domain or address in the region of a construct's stack."""
    return _arn(scope, f"identity/{name}")


def configuration_set_arn(scope: IConstruct, name: str) -> str:
    """Return the ARN of a configuration set in the region of a construct's stack."""
    return _arn(scope, f"configuration-set/{name}")


def _arn(scope: IConstruct, resource: str) -> str:
    stack = Stack.of(scope)
    return f"arn:aws:ses:{stack.region}:{stack.account}:{resource}"
