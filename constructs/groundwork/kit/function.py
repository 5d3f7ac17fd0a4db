"""A Lambda function of ours: small, without packages, and allowed only what it is granted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from aws_cdk import CustomResource, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

import groundwork
from settings.contract import CustomType

FunctionName = Literal[
    "activation",
    "credentials",
    "deletion_protection",
    "drill_query",
    "feedback",
    "other_regions",
    "production_access",
    "proxy_targets",
    "suppression",
]
"""A package of `functions`."""
ROOT = Path(groundwork.__file__).parent
TIMEOUT = Duration.minutes(2)
SERVICE_TIMEOUT = Duration.minutes(10)
"""How long CloudFormation waits for an answer: a run that is killed is tried twice more, after one
and two minutes, and must be over before CloudFormation goes on without it."""


class RuntimeFunction(Construct):
    """A package of `functions`, run by its module `handler` with what is in `functions/shared`.

    Modules import each other relatively, so that tests import the very same code.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        runs: FunctionName,
        description: str,
        code: lambda_.Code | None = None,
        timeout: Duration = TIMEOUT,
    ) -> None:
        """`code` has the package where more than `functions` belongs to it."""
        super().__init__(scope, construct_id)
        log_group = logs.LogGroup(
            self,
            "logs",
            retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.role = iam.Role(self, "role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "function",
            code=code or lambda_.Code.from_asset(str(ROOT), exclude=["*", *_packed(runs)]),
            description=description,
            handler=f"functions.{runs}.handler.handle",
            log_group=log_group,
            max_event_age=SERVICE_TIMEOUT,
            memory_size=256,
            role=self.role,
            runtime=lambda_.Runtime.PYTHON_3_14,
            timeout=timeout,
        )

    def allow(self, *actions: str, on: str) -> None:
        """Allow actions on one resource."""
        self.role.add_to_policy(iam.PolicyStatement(actions=[*actions], resources=[on]))

    def custom_resource(
        self,
        scope: Construct,
        construct_id: str,
        *,
        resource_type: CustomType,
        properties: Mapping[str, object],
    ) -> CustomResource:
        """Declare what the function does. It is given the properties."""
        made = CustomResource(
            scope,
            construct_id,
            resource_type=resource_type,
            service_token=self.function.function_arn,
            service_timeout=SERVICE_TIMEOUT,
            properties=dict(properties),
        )
        # The permissions last longer than the resource that needs them.
        made.node.add_dependency(self.role)
        return made


def _packed(name: FunctionName) -> list[str]:
    """Take back from what is excluded the function's own modules and the shared ones."""
    return [
        "!functions",
        "!functions/__init__.py",
        *(
            f"!functions/{package}{files}"
            for package in ("shared", name)
            for files in ("", "/*.py")
        ),
    ]
