"""A Lambda function of ours: small, without packages, and allowed only what it is granted."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Duration, RemovalPolicy, SymlinkFollowMode
from aws_cdk.aws_iam import PolicyStatement, Role, ServicePrincipal
from aws_cdk.aws_lambda import Code, Function, Runtime
from aws_cdk.aws_logs import LogGroup, RetentionDays
from constructs import Construct

TIMEOUT = Duration.minutes(2)
SERVICE_TIMEOUT = Duration.minutes(10)
"""How long CloudFormation waits for an answer: a run that is killed is tried twice more, after one
and two minutes, and must be over before CloudFormation goes on without it."""


class RuntimeFunction(Construct):
    """The package `runtime` beside a construct, run as a function by its module `handler`.

    The package imports its own modules relatively, so that tests import the very same code. What
    several functions share is a link in each of their packages.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, beside: str, description: str
    ) -> None:
        """Take the `__file__` of the module that lies beside the package."""
        super().__init__(scope, construct_id)
        logs = LogGroup(
            self,
            "logs",
            retention=RetentionDays.THREE_MONTHS,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.role = Role(self, "role", assumed_by=ServicePrincipal("lambda.amazonaws.com"))
        logs.grant_write(self.role)
        self.function = Function(
            self,
            "function",
            code=Code.from_asset(
                str(Path(beside).parent),
                exclude=["*", "!runtime", "!runtime/*.py"],
                follow_symlinks=SymlinkFollowMode.ALWAYS,
            ),
            description=description,
            handler="runtime.handler.handle",
            log_group=logs,
            max_event_age=SERVICE_TIMEOUT,
            memory_size=256,
            role=self.role,
            runtime=Runtime.PYTHON_3_14,
            timeout=TIMEOUT,
        )

    def allow(self, *actions: str, on: str) -> None:
        """Allow actions on one resource."""
        self.role.add_to_policy(PolicyStatement(actions=[*actions], resources=[on]))
