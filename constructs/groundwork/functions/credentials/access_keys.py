"""A user's access keys, of which IAM allows two."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..shared.cloudformation import Failure

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import AccessKeyMetadataTypeDef


@dataclass(frozen=True)
class AccessKey:
    """An access key. Its representation does not show the secret."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


class UserDeletedError(Failure):
    """Somebody deleted the user."""


class AccessKeys:
    """The keys of one user: those made here, and of an adopted user the one it had before."""

    def __init__(self, iam: IAMClient, user: str) -> None:
        self.iam, self.user = iam, user

    def ids(self) -> list[str]:
        """Return the ids of the user's keys."""
        return [key["AccessKeyId"] for key in self._listed()]

    def older(self, moment: datetime) -> list[str]:
        """Return the ids of those that were made before a moment."""
        return [key["AccessKeyId"] for key in self._listed() if key["CreateDate"] < moment]

    def active(self) -> list[str]:
        """Return the ids of those that work. A deactivated key can be activated again."""
        return [key["AccessKeyId"] for key in self._listed() if key["Status"] == "Active"]

    def _listed(self) -> list[AccessKeyMetadataTypeDef]:
        try:
            return self.iam.list_access_keys(UserName=self.user)["AccessKeyMetadata"]
        except self.iam.exceptions.NoSuchEntityException:
            raise UserDeletedError(
                f"IAM user {self.user} was deleted outside CloudFormation. Take it out of the file "
                "and deploy, then put it back."
            ) from None

    def create(self) -> AccessKey:
        """Make a key. AWS shows its secret this once."""
        key = self.iam.create_access_key(UserName=self.user)["AccessKey"]
        return AccessKey(key["AccessKeyId"], key["SecretAccessKey"])

    def delete(self, *ids: str) -> None:
        """Delete keys, whether or not they are still there."""
        for key in ids:
            try:
                self.iam.delete_access_key(UserName=self.user, AccessKeyId=key)
            except self.iam.exceptions.NoSuchEntityException:
                continue
