"""The function that makes and renews the access keys of a stack's users."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.kit import RuntimeFunction, arn_in_stack
from settings.contract import STACK_TAG

USERS_OF_THE_STACK = (
    "It makes and deletes keys of users with its stack's tag alone. Of others it may list the ids "
    "of their keys, which is how it learns that a user is gone."
)


class AccessKeyFunction(Construct):
    """One for all the users of a stack, allowed to handle their keys.

    CloudFormation has a type for access keys, but it shows the secret key as an attribute, renews
    by replacing at once, and knows no password for SMTP. What it may do names no user, so that it
    stays as it is whoever comes and goes; each secret's own policy lets it in.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.runtime = RuntimeFunction(
            self, "keys", runs="credentials", description="Makes and renews users' access keys"
        )
        self.role_arn = self.runtime.role.role_arn
        self.arn = self.runtime.function.function_arn
        self._allow_keys()

    def _allow_keys(self) -> None:
        users = arn_in_stack(self, "iam", "user/*", region="")
        tag = {f"aws:ResourceTag/{STACK_TAG}": Stack.of(self).stack_name}
        self.runtime.role.add_to_policy(
            iam.PolicyStatement(
                actions=["iam:CreateAccessKey", "iam:DeleteAccessKey"],
                resources=[users],
                conditions={"StringEquals": tag},
            )
        )
        self.runtime.allow("iam:ListAccessKeys", on=users)
        # A rollback leaves an adopted user the key that it had; a removal deletes every key.
        self.runtime.allow("cloudformation:DescribeStacks", on=Stack.of(self).stack_id)
        acknowledge(self.runtime.role, f"AwsSolutions-IAM5[Resource::{users}]", USERS_OF_THE_STACK)

    def allow_rotation(self) -> lambda_.CfnPermission:
        """Let Secrets Manager start the function when one of the account's secrets is due."""
        made = self.node.try_find_child("rotation")
        if isinstance(made, lambda_.CfnPermission):
            return made
        return lambda_.CfnPermission(
            self,
            "rotation",
            action="lambda:InvokeFunction",
            function_name=self.arn,
            principal="secretsmanager.amazonaws.com",
            source_account=Stack.of(self).account,
        )
