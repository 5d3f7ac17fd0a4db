"""Backup in one region."""

from __future__ import annotations

from aws_cdk.aws_iam import User
from constructs import Construct

from groundwork.backup import Arrivals, BackupBucket, ToolAccess, by_access
from groundwork.credentials import Credentials, CredentialsFunction
from settings.contract import Output
from settings.plan import StackPlan
from settings.plan.backup import BackupItems, BucketItem, UserItem
from stacks.area import AreaStack

HOUR = 3600


class BackupStack(AreaStack):
    """Buckets of one region, and the users that fill them."""

    def __init__(self, scope: Construct, plan: StackPlan, items: BackupItems) -> None:
        super().__init__(scope, plan)
        if any(item.users for item in items.buckets.values()):
            self._keys = CredentialsFunction(self, "credentials")
        group = self.group("buckets")
        for name, item in items.buckets.items():
            backup = BackupBucket(group, name, name=name, settings=item.declared)
            self._expect_backups(backup, name, item)
            self._add_users(backup, name, item)

    def _expect_backups(self, backup: BackupBucket, name: str, item: BucketItem) -> None:
        if item.declared.expect_every:
            Arrivals(
                backup,
                "arrivals",
                bucket=backup.bucket,
                name=name,
                hours=item.declared.expect_every // HOUR,
                notify=item.declared.notify,
            )

    def _add_users(self, backup: BackupBucket, bucket: str, item: BucketItem) -> None:
        scope = Construct(backup, "users")
        users = {name: User(scope, name, user_name=user.user) for name, user in item.users.items()}
        policies = Construct(backup, "policies")
        for access, names in by_access(item.declared.users).items():
            ToolAccess(
                policies,
                access.name,
                access=access,
                bucket=backup.bucket,
                users=[users[name] for name in names],
            )
        for name, user in item.users.items():
            self._add_credentials(users[name], bucket, name, user)

    def _add_credentials(self, user: User, bucket: str, name: str, item: UserItem) -> None:
        prefix = {"prefix": item.declared.prefix} if item.declared.prefix else {}
        credentials = Credentials(
            user,
            "credentials",
            user=user,
            settings=item.declared.credentials,
            function=self._keys,
            region=self.region,
            contents={"bucket": bucket, **prefix},
        )
        self.output(Output.USER_SECRET, name, credentials.secret_arn, f"The access key of {name}")
