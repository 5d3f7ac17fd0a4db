"""A user's access keys, of which IAM allows two."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..shared.cloudformation import Failure

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient


@dataclass(frozen=True)
class AccessKey:
    """An access key. Its representation does not show the secret."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


class UserDeletedError(Failure):
    """Somebody deleted the user."""


class AccessKeys:
    """The keys of one user, which has no others than those made here."""

    def __init__(self, iam: IAMClient, user: str) -> None:
        self.iam, self.user = iam, user

    def ids(self) -> list[str]:
        """Return the ids of the user's keys."""
        try:
            keys = self.iam.list_access_keys(UserName=self.user)["AccessKeyMetadata"]
        except self.iam.exceptions.NoSuchEntityException:
            raise UserDeletedError(
                f"IAM user {self.user} was deleted outside CloudFormation. Take it out of the file "
                "and deploy, then put it back."
            ) from None
        return [key["AccessKeyId"] for key in keys]

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
