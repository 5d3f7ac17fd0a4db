"""The function that makes and renews the access keys of a stack's users."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from groundwork.kit import RuntimeFunction


class AccessKeyFunction(Construct):
    """One for all the users of a stack, allowed to handle their keys and secrets, by name.

    CloudFormation has a type for access keys, but it shows the secret key as an attribute, renews
    by replacing at once, and knows no password for SMTP.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.runtime = RuntimeFunction(
            self, "keys", runs="credentials", description="Makes and renews users' access keys"
        )
        self.role_arn = self.runtime.role.role_arn
        self.arn = self.runtime.function.function_arn

    def grant_keys_of(self, user: iam.IUser, secret: secretsmanager.CfnSecret) -> None:
        """Allow it to make the user's keys and to keep them in the secret."""
        keys = ("iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys")
        self.runtime.allow(*keys, on=user.user_arn)
        self.runtime.allow(
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:RestoreSecret",
            "secretsmanager:UpdateSecretVersionStage",
            on=secret.ref,
        )

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
