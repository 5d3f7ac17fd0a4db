"""Backup in one region."""

from __future__ import annotations

from aws_cdk.aws_iam import User
from constructs import Construct

from groundwork.backup import Arrivals, BackupBucket, ToolAccess, by_access
from groundwork.credentials import Credentials, CredentialsFunction
from settings import Settings
from settings.models.backup import BackupUser, Bucket
from stacks.area import AreaStack

HOUR = 3600


class BackupStack(AreaStack):
    """Buckets of one region, and the users that fill them."""

    def __init__(
        self, scope: Construct, *, settings: Settings, region: str, part: str | None = None
    ) -> None:
        super().__init__(scope, "backup", settings=settings, region=region, part=part)
        group = self.group("buckets")
        here = (region, part)
        buckets = settings.backup.buckets.items()
        items = {name: item for name, item in buckets if (item.region, item.stack) == here}
        if any(item.users for item in items.values()):
            self._keys = CredentialsFunction(self, "credentials")
        for name, item in items.items():
            self._add_bucket(group, name, item)

    def _add_bucket(self, scope: Construct, name: str, item: Bucket) -> None:
        backup = BackupBucket(scope, name, name=name, settings=item)
        self.show(name, "Bucket", value=backup.bucket.bucket_name, description=f"Bucket {name}")
        if item.expect_every:
            Arrivals(
                backup,
                "arrivals",
                bucket=backup.bucket,
                name=name,
                hours=item.expect_every // HOUR,
                notify=item.notify,
            )
        self._add_users(backup, name, item)

    def _add_users(self, backup: BackupBucket, name: str, item: Bucket) -> None:
        made = Construct(backup, "users")
        users = {user: User(made, user, user_name=user) for user in item.users}
        policies = Construct(backup, "policies")
        for access, names in by_access(item.users).items():
            ToolAccess(
                policies,
                access.name,
                access=access,
                bucket=backup.bucket,
                users=[users[user] for user in names],
            )
        for user, declared in item.users.items():
            self._add_credentials(users[user], name, user, declared)

    def _add_credentials(self, user: User, bucket: str, name: str, declared: BackupUser) -> None:
        prefix = {"prefix": declared.prefix} if declared.prefix else {}
        credentials = Credentials(
            user,
            "credentials",
            user=user,
            settings=declared.credentials,
            function=self._keys,
            region=self.region,
            contents={"bucket": bucket, **prefix},
        )
        self.show(
            name, "Secret", value=credentials.secret_arn, description=f"The access key of {name}"
        )
