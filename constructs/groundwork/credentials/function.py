"""The function that makes and renews the access keys of a stack's users."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk.aws_iam import IUser
from aws_cdk.aws_lambda import CfnPermission
from aws_cdk.aws_secretsmanager import CfnSecret
from constructs import Construct

from groundwork.functions import RuntimeFunction


class CredentialsFunction(Construct):
    """One for all the users of a stack, allowed to handle their keys and secrets, by name.

    CloudFormation has a type for access keys, but it shows the secret key as an attribute, renews
    by replacing at once, and knows no password for SMTP.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._runtime = RuntimeFunction(
            self, "keys", beside=__file__, description="Makes and renews the users' access keys"
        )
        self.role_arn = self._runtime.role.role_arn
        self.arn = self._runtime.function.function_arn

    def serve(self, user: IUser, secret: CfnSecret) -> None:
        """Allow it to make the user's keys and to keep them in the secret."""
        keys = ("iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys")
        self._runtime.allow(*keys, on=user.user_arn)
        self._runtime.allow(
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:RestoreSecret",
            "secretsmanager:UpdateSecretVersionStage",
            on=secret.ref,
        )

    def let_secrets_manager_call(self) -> CfnPermission:
        """Let Secrets Manager start the function when one of the account's secrets is due."""
        made = self.node.try_find_child("rotation")
        if isinstance(made, CfnPermission):
            return made
        return CfnPermission(
            self,
            "rotation",
            action="lambda:InvokeFunction",
            function_name=self.arn,
            principal="secretsmanager.amazonaws.com",
            source_account=Stack.of(self).account,
        )
