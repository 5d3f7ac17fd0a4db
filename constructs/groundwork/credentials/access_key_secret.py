"""The access key of one user, in a secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import CustomResource
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.credentials.function import AccessKeyFunction
from groundwork.credentials.user import AccessKeyUser
from groundwork.kit import SecretReaders
from settings.contract import CustomType
from settings.models.credentials import Credentials

EMPTY = "{}"
"""What the secret holds until the function writes its first value."""

UNSCHEDULED = (
    "The key is renewed by raising credentials.version in the file, through the same review as "
    "every change. A schedule besides is asked for with credentials.rotate_every."
)


class AccessKeySecret(Construct):
    """An access key for a user, in a secret that its readers and the function alone can read.

    The key exists when the deployment is complete. It never passes through the template, an output
    or a log. Raising `version` renews it, and the key before it works until the next renewal.

    The secret is one JSON object: `user`, `access_key_id`, `secret_access_key`, `region` and the
    `contents`, such as a bucket's name or the From addresses. For SMTP, `regions` has each region's
    `host`, `port`, `username` and `password`, and those of `region` stand at the top as well.

    A sender in two regions:

        AccessKeySecret(
            scope, "credentials", user=user, declared=sender.credentials, function=function,
            region="us-east-1", contents={"from": ["noreply@example.org"]},
            smtp_hosts={region: f"email-smtp.{region}.amazonaws.com" for region in sender.regions},
        )
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        user: AccessKeyUser,
        declared: Credentials,
        function: AccessKeyFunction,
        region: str,
        contents: Mapping[str, str | Sequence[str]],
        smtp_hosts: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._secret = secretsmanager.CfnSecret(
            self, "secret", description=f"Access key of {user.node.id}", secret_string=EMPTY
        )
        self.secret_arn = self._secret.ref
        key = function.runtime.custom_resource(
            self,
            "key",
            resource_type=CustomType.ACCESS_KEY,
            properties={
                "User": user.user_name,
                "Secret": self.secret_arn,
                "Version": declared.version,
                "Template": _template(contents, region, smtp_hosts or {}),
            },
        )
        readers = SecretReaders(
            self,
            "readers",
            secret_arn=self.secret_arn,
            readers=declared.readers,
            writer=function.role_arn,
        )
        # Nothing is written before the secret is closed to everybody else.
        key.node.add_dependency(readers)
        self._schedule(declared.rotate_every, function, key)

    def _schedule(
        self, seconds: int | None, function: AccessKeyFunction, key: CustomResource
    ) -> None:
        if seconds is None:
            acknowledge(self._secret, "AwsSolutions-SMG4", UNSCHEDULED)
            return
        schedule = secretsmanager.CfnRotationSchedule(
            self,
            "rotation",
            secret_id=self.secret_arn,
            rotate_immediately_on_update=False,
            rotation_lambda_arn=function.arn,
            rotation_rules={"automaticallyAfterDays": seconds // 86_400},
        )
        schedule.node.add_dependency(key, function.allow_rotation())


def _template(
    contents: Mapping[str, str | Sequence[str]], region: str, smtp_hosts: Mapping[str, str]
) -> dict[str, object]:
    """Return what the secret has beside the key itself."""
    hosts = {name: {"host": host} for name, host in smtp_hosts.items()}
    return {**contents, "region": region, **({"regions": hosts} if hosts else {})}
