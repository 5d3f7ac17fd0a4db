"""Somebody outside the team, who reads a replica."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.data.password import LENGTH
from groundwork.data.security_group import PORT, DatabaseSecurityGroup
from groundwork.data.vpc import Vpc
from groundwork.kit import SecretReaders
from settings.models.replicas import Consumer


class ReplicaConsumer(Construct):
    """A security group with a consumer's blocks, and a secret with a consumer's login.

    The secret knows the replica's address and no other, or none. Its password is generated anew
    when `credentials.version` changes: Secrets Manager generates another as soon as the template
    that it is generated into is another.
    <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html>

    The login itself is made in the database, by SQL that people review.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        declared: Consumer,
        identifier: str,
        vpc: Vpc,
    ) -> None:
        super().__init__(scope, construct_id)
        self.declared = declared
        self.identifier = identifier
        self.group = self._group(vpc) if declared.from_blocks else None

    def _group(self, vpc: Vpc) -> DatabaseSecurityGroup:
        return DatabaseSecurityGroup(
            self,
            "group",
            vpc=vpc,
            description=f"Consumer {self.node.id} of the replica {self.identifier}",
            blocks=self.declared.from_blocks,
        )

    def add_login(self, database: str, *, host: str | None) -> None:
        """Make the secret. `host` is the replica's, unless that is there only after its logins."""
        credentials = self.declared.credentials
        template = {
            "username": self.declared.login(self.node.id),
            "engine": "postgres",
            **({"host": host} if host else {}),
            "port": PORT,
            "dbname": database,
            "version": credentials.version,
        }
        self.secret = self._secret(Stack.of(self).to_json_string(template))

    def _secret(self, template: str) -> secretsmanager.CfnSecret:
        secret = secretsmanager.CfnSecret(
            self,
            "secret",
            description=f"The login of {self.node.id} to the replica {self.identifier}",
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                secret_string_template=template,
                generate_string_key="password",
                password_length=LENGTH,
                exclude_punctuation=True,
            ),
        )
        acknowledge(
            secret,
            "AwsSolutions-SMG4",
            "Its consumer holds a copy: a rotation by the clock would lock them out. It is renewed "
            "by a number in the file, with its consumer told.",
        )
        return secret

    def close(self, proxy: str | None = None) -> None:
        """Refuse the secret, if it has readers, to everybody but them and the role of a proxy."""
        if readers := self.declared.credentials.readers:
            arn = self.secret.ref
            SecretReaders(self, "readers", secret_arn=arn, readers=readers, service=proxy)
