"""Backup in one region."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from groundwork.backup import (
    BackupBucket,
    BackupFreshnessAlarm,
    DrillAlarms,
    DrillPolicy,
    ToolPolicy,
    by_grant,
)
from groundwork.credentials import AccessKeyFunction, AccessKeySecret, AccessKeyUser
from settings.contract import Output
from settings.models.backup import drills
from settings.plan import StackPlan
from settings.plan.backup import BackupItems, BucketItem, UserItem
from stacks.area import AreaStack

HOUR = 3600


class BackupStack(AreaStack):
    """Buckets of one region, and the users that fill them."""

    def __init__(self, scope: Construct, plan: StackPlan, items: BackupItems) -> None:
        super().__init__(scope, plan)
        if any(item.users for item in items.buckets.values()):
            self._keys = AccessKeyFunction(self, "credentials")
        group = self.group("buckets")
        for name, item in items.buckets.items():
            backup = BackupBucket(group, name, name=name, declared=item.declared)
            self._expect_backups(backup, name, item)
            self._add_users(backup, name, item)

    def _expect_backups(self, backup: BackupBucket, name: str, item: BucketItem) -> None:
        if item.declared.expect_every:
            BackupFreshnessAlarm(
                backup,
                "freshness",
                bucket=backup.bucket,
                name=name,
                hours=item.declared.expect_every // HOUR,
                notify=item.declared.notify,
            )

    def _add_users(self, backup: BackupBucket, bucket: str, item: BucketItem) -> None:
        scope = Construct(backup, "users")
        users = {
            name: AccessKeyUser(scope, name, name=user.user) for name, user in item.users.items()
        }
        policies = Construct(backup, "policies")
        for grant, names in by_grant(item.declared.users).items():
            ToolPolicy(
                policies,
                grant.name,
                grant=grant,
                bucket=backup.bucket,
                users=[users[name] for name in names],
            )
        self._add_drills(backup, bucket, item, users)
        for name, user in item.users.items():
            self._add_credentials(users[name], bucket, name, user)

    def _add_drills(
        self,
        backup: BackupBucket,
        bucket: str,
        item: BucketItem,
        users: Mapping[str, AccessKeyUser],
    ) -> None:
        for name, drill in drills(item.declared.users).items():
            DrillPolicy(users[name], "drill", bucket=backup.bucket, name=name, user=users[name])
            DrillAlarms(
                users[name],
                "drills",
                bucket=bucket,
                name=name,
                hours=drill.every // HOUR,
                notify=item.declared.notify,
            )

    def _add_credentials(self, user: AccessKeyUser, bucket: str, name: str, item: UserItem) -> None:
        prefix = {"prefix": item.declared.prefix} if item.declared.prefix else {}
        credentials = AccessKeySecret(
            user,
            "credentials",
            user=user,
            declared=item.declared.credentials,
            function=self._keys,
            region=self.region,
            contents={"bucket": bucket, **prefix},
        )
        self.output(Output.USER_SECRET, name, credentials.secret_arn, f"The access key of {name}")
