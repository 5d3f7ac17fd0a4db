"""The password of a database's owner, which nobody ever sees on its way."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.kit import SecretReaders

# Letters and digits alone, which need no quoting in a URL, a shell or a password file. With another
# length Secrets Manager would generate another password, behind the database's back.
LENGTH = 40


class Password(Construct):
    """A secret of JSON with user name, password, host, port and database.

    Made by Secrets Manager, and taken from there by CloudFormation while it makes the database:
    no template and no output has it. RDS's own managed password would exclude read replicas.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        user: str,
        description: str,
        readers: Sequence[str],
        removal: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.secret = secretsmanager.CfnSecret(
            self,
            "secret",
            description=description,
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                secret_string_template=f'{{"username": "{user}"}}',
                generate_string_key="password",
                password_length=LENGTH,
                exclude_punctuation=True,
            ),
        )
        self.secret.apply_removal_policy(removal)
        if readers:
            closed = SecretReaders(self, "readers", secret_arn=self.secret.ref, readers=readers)
            closed.apply_removal_policy(removal)
        acknowledge(
            self.secret,
            "AwsSolutions-SMG4",
            "Its readers hold copies: a rotation by the clock would lock them out until each "
            "fetched the new password. It is renewed on purpose, with its readers told.",
        )

    @property
    def reference(self) -> str:
        """What CloudFormation replaces by the password when it makes the database."""
        return f"{{{{resolve:secretsmanager:{self.secret.ref}:SecretString:password}}}}"

    def attach(
        self, database: rds.CfnDBInstance | rds.CfnDBCluster, *, removal: RemovalPolicy
    ) -> None:
        """Add the database's engine, host, port and name to the secret, as long as it is there."""
        attachment = secretsmanager.CfnSecretTargetAttachment(
            self,
            "attachment",
            secret_id=self.secret.ref,
            target_id=database.ref,
            target_type=database.cfn_resource_type,
        )
        attachment.apply_removal_policy(removal)
