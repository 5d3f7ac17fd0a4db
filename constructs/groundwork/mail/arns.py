"""ARNs of what SES knows by name, for policies that are written before, or beside, the resource."""

from __future__ import annotations

from constructs import IConstruct

from groundwork.kit import arn_in_stack


def identity_arn(scope: IConstruct, name: str, region: str | None = None) -> str:
    """Return the ARN of a domain or address, in the region of the stack unless one is named."""
    return arn_in_stack(scope, "ses", f"identity/{name}", region=region)


def configuration_set_arn(scope: IConstruct, name: str, region: str | None = None) -> str:
    """Return the ARN of a configuration set, in the region of the stack unless one is named."""
    return arn_in_stack(scope, "ses", f"configuration-set/{name}", region=region)


def tenant_arn(scope: IConstruct, name: str) -> str:
    """Return the ARN of a tenant in the region of a construct's stack, without SES's own id.

    The id, which SES gives it, follows after a slash.
    """
    return arn_in_stack(scope, "ses", f"tenant/{name}")


def topic_arn(scope: IConstruct, name: str) -> str:
    """Return the ARN of a topic in the region of a construct's stack."""
    return arn_in_stack(scope, "sns", name)
