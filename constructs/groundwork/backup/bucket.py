"""A bucket that holds backups."""

from __future__ import annotations

from typing import assert_never

from aws_cdk import Duration, Tags
from aws_cdk import aws_s3 as s3
from constructs import Construct

from groundwork.backup.lifecycle import lifecycle_rules
from groundwork.kit import PrivateBucket
from settings.contract import KEEP_DATA
from settings.models.backup import Bucket, ObjectLock

UNLOGGED = (
    "Who used a backup is a question for CloudTrail's data events, kept for the whole account in "
    "one place. Server access logs would need one more bucket in every region, itself unlogged."
)


class BackupBucket(Construct):
    """A private bucket of a given name, with the declared lifecycle and object lock."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, declared: Bucket) -> None:
        super().__init__(scope, construct_id)
        self.bucket = PrivateBucket(
            self,
            "bucket",
            name=name,
            unlogged=UNLOGGED,
            lifecycle_rules=list(lifecycle_rules(declared)),
            retention=_retention(declared.object_lock) if declared.object_lock else None,
            versioned=declared.keeps_versions,
        )
        for key, value in declared.tags.items():
            Tags.of(self.bucket).add(key, value)
        resource = self.bucket.node.default_child
        if declared.keep_data and isinstance(resource, s3.CfnBucket):
            resource.add_metadata(KEEP_DATA, True)


def _retention(lock: ObjectLock) -> s3.ObjectLockRetention:
    days = Duration.days(lock.days)
    match lock.mode:
        case "compliance":
            return s3.ObjectLockRetention.compliance(days)
        case "governance":
            return s3.ObjectLockRetention.governance(days)
        case _:
            assert_never(lock.mode)
