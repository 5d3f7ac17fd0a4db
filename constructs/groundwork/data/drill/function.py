"""The function that asks the restored copy of an instance, in the network and by no secret."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_rds as rds
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.data.database import DatabaseContext
from groundwork.data.drill.copy import Function
from groundwork.data.drill.packing import FUNCTION, pack
from groundwork.data.security_group import DatabaseSecurityGroup
from groundwork.kit import RuntimeFunction, arn_in_stack
from settings.contract import drill_login

LONGEST = Duration.minutes(15)
"""Lambda's limit: a copy fetches what it reads from S3 first."""
INTERFACES = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
]
"""<https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions>"""


class DrillFunction(Construct):
    """Asks a copy, which lets in nobody else. It opens connections to nothing else either.

    RDS lets it in by IAM, as a login that reads what the file names: what it logs in with is signed
    by its own role, and no secret exists. A copy's resource id is not known before: the role may
    log in anywhere under that name but at the database itself, and the function has a way to
    copies alone.
    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        database: rds.CfnDBInstance,
        context: DatabaseContext,
        copies: DatabaseSecurityGroup,
    ) -> None:
        super().__init__(scope, construct_id)
        self._identifier = context.identifier
        group = DatabaseSecurityGroup(
            self,
            "group",
            vpc=context.vpc,
            description=f"What asks restored copies of {self._identifier}",
        )
        copies.admit("drill", group)
        runtime = self._runtime()
        resource = runtime.function.node.default_child
        if not isinstance(resource, lambda_.CfnFunction):
            raise TypeError(f"a function is made of {type(resource).__name__}")
        resource.vpc_config = lambda_.CfnFunction.VpcConfigProperty(
            security_group_ids=[group.group_id], subnet_ids=context.vpc.subnet_group.subnet_ids
        )
        self._allow(runtime, database.attr_dbi_resource_id)
        self.asked = Function(runtime.function.function_arn, drill_login(self._identifier))

    def _runtime(self) -> RuntimeFunction:
        with TemporaryDirectory() as folder:
            pack(Path(folder), Stack.of(self).region)
            return RuntimeFunction(
                self,
                "function",
                runs=FUNCTION,
                description=f"Asks restored copies of {self._identifier}",
                code=lambda_.Code.from_asset(folder),
                timeout=LONGEST,
            )

    def _allow(self, runtime: RuntimeFunction, database: str) -> None:
        """Let Lambda put it into the network, and let it log in to copies."""
        copies = arn_in_stack(self, "rds-db", f"dbuser:*/{drill_login(self._identifier)}")
        runtime.allow("rds-db:connect", on=copies)
        own = arn_in_stack(self, "rds-db", f"dbuser:{database}/*")
        itself = arn_in_stack(self, "lambda", "function:*")
        runtime.allow(*INTERFACES, on="*")
        for denied in (
            iam.PolicyStatement(
                effect=iam.Effect.DENY, actions=["rds-db:connect"], resources=[own]
            ),
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                actions=[*INTERFACES],
                resources=["*"],
                conditions={"ArnLike": {"lambda:SourceFunctionArn": itself}},
            ),
        ):
            runtime.role.add_to_policy(denied)
        reasons = {
            copies: "Each copy has a resource id that RDS makes up; the database's own is denied.",
            "*": "Lambda's network interfaces have no name before they are made; the function's "
            "own code is denied what Lambda may do.",
        }
        for pattern, reason in reasons.items():
            acknowledge(runtime.role, f"AwsSolutions-IAM5[Resource::{pattern}]", reason)
