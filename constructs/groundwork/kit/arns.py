"""ARNs of what has a name before, or beside, the resource itself."""

from __future__ import annotations

from aws_cdk import Stack
from constructs import IConstruct

PARTITION = "aws"
"""The one of all regions that a configuration can name."""


def arn(service: str, resource: str, *, region: str = "", account: str = "") -> str:
    """Write an ARN: `arn("s3", "bucket")`, `arn("iam", "role/name", account="123456789012")`.

    IAM's ARNs have no region, S3's neither region nor account.
    <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    """
    return f"arn:{PARTITION}:{service}:{region}:{account}:{resource}"


def arn_in_stack(
    scope: IConstruct, service: str, resource: str, *, region: str | None = None
) -> str:
    """Write the ARN of a resource in the stack's account and region, unless another is named."""
    stack = Stack.of(scope)
    place = stack.region if region is None else region
    return arn(service, resource, region=place, account=stack.account)


def execution_role_arn(scope: IConstruct) -> str:
    """Return the role that CloudFormation takes on while it deploys the construct's stack.

    The CDK's bootstrap makes it.
    <https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html>
    """
    stack = Stack.of(scope)
    qualifier = stack.synthesizer.bootstrap_qualifier
    name = f"role/cdk-{qualifier}-cfn-exec-role-{stack.account}-{stack.region}"
    return arn_in_stack(scope, "iam", name, region="")
