"""Backup in one region."""

from __future__ import annotations

from aws_cdk.aws_iam import User
from constructs import Construct

from groundwork.backup import BackupBucket, ToolAccess, by_access
from settings import Settings
from settings.backup import Bucket
from stacks.area import AreaStack


class BackupStack(AreaStack):
    """Buckets of one region, and the users that fill them."""

    def __init__(
        self, scope: Construct, *, settings: Settings, region: str, part: str | None = None
    ) -> None:
        super().__init__(scope, "backup", settings=settings, region=region, part=part)
        buckets = self.group("buckets")
        for name, item in settings.backup.buckets.items():
            if (item.region, item.stack) == (region, part):
                self._add_bucket(buckets, name, item)

    def _add_bucket(self, scope: Construct, name: str, item: Bucket) -> None:
        backup = BackupBucket(scope, name, name=name, settings=item)
        self.show(name, "Bucket", value=backup.bucket.bucket_name, description=f"Bucket {name}")
        users = Construct(backup, "users")
        policies = Construct(backup, "policies")
        for access, names in by_access(item.users).items():
            ToolAccess(
                policies,
                access.name,
                access=access,
                bucket=backup.bucket,
                users=[User(users, user, user_name=user) for user in names],
            )
