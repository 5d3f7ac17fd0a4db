"""A secret and the versions of its value, by their staging labels.

<https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html#term_version>
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..shared.cloudformation import Failure

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_secretsmanager import SecretsManagerClient

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"
Value = dict[str, Any]


class Secret:
    """One secret, which the template declares and only this function writes."""

    def __init__(self, client: SecretsManagerClient, arn: str) -> None:
        self.client, self.arn = client, arn

    def restore(self) -> None:
        """Take back a deletion that somebody scheduled: the template still declares the secret."""
        try:
            described = self.client.describe_secret(SecretId=self.arn)
        except self.client.exceptions.ResourceNotFoundException:
            raise Failure(
                f"Secret {self.arn} was deleted outside CloudFormation. Take its user out of the "
                "file and deploy, then put it back."
            ) from None
        if "DeletedDate" in described:
            self.client.restore_secret(SecretId=self.arn)

    def created(self) -> datetime | None:
        """Return when the secret was made; None where it is gone."""
        try:
            return self.client.describe_secret(SecretId=self.arn)["CreatedDate"]
        except self.client.exceptions.ResourceNotFoundException:
            return None

    def read(self, label: str) -> Value | None:
        """Return the value under a label; None where there is none, or the template's `{}`."""
        try:
            found = self.client.get_secret_value(SecretId=self.arn, VersionStage=label)
        except self.client.exceptions.ResourceNotFoundException:
            return None
        text = found.get("SecretString")
        return dict(json.loads(text)) or None if text else None

    def versions(self) -> dict[str, list[str]]:
        """Return the labels of every version that has one."""
        described = self.client.describe_secret(SecretId=self.arn)
        return dict(described.get("VersionIdsToStages") or {})

    def holder(self, label: str) -> str | None:
        """Return the version that has a label."""
        return next((id_ for id_, labels in self.versions().items() if label in labels), None)

    def write(self, version: str, value: Value, label: str) -> None:
        """Add a version. Moving AWSCURRENT leaves AWSPREVIOUS on the version that had it."""
        self.client.put_secret_value(
            SecretId=self.arn,
            ClientRequestToken=version,
            SecretString=json.dumps(value),
            VersionStages=[label],
        )

    def promote(self, version: str) -> None:
        """Make a version the current one."""
        current = self.holder(CURRENT)
        if current == version:
            return
        moved = {"RemoveFromVersionId": current} if current else {}
        self.client.update_secret_version_stage(
            SecretId=self.arn, VersionStage=CURRENT, MoveToVersionId=version, **moved
        )

    def withdraw(self) -> None:
        """Take the pending label away, from what became current and from what never did.

        While it is on another version, Secrets Manager believes that a rotation is running and
        starts no other.
        """
        if version := self.holder(PENDING):
            self.client.update_secret_version_stage(
                SecretId=self.arn, VersionStage=PENDING, RemoveFromVersionId=version
            )
