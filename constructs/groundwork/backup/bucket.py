"""A bucket that holds backups."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk.aws_s3 import (
    BlockPublicAccess,
    Bucket,
    BucketEncryption,
    BucketPolicy,
    ObjectLockRetention,
    ObjectOwnership,
)
from constructs import Construct

from groundwork.backup.lifecycle import lifecycle_rules
from groundwork.checks import acknowledge
from settings.models import backup

UNLOGGED = (
    "Who used a backup is a question for CloudTrail's data events, kept for the whole account in "
    "one place. Server access logs would need one more bucket in every region, itself unlogged."
)


class BackupBucket(Construct):
    """A private bucket of a given name, reached over TLS only and encrypted at rest.

    Taking it out of the file keeps it, and keeps the policy that refuses plain http: CloudFormation
    deletes a bucket's policy even where the bucket itself stays (aws-cdk#25754). Only a deployment
    that fails while it makes the bucket takes both back, so that the next one can make them.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, settings: backup.Bucket
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = Bucket(
            self,
            "bucket",
            bucket_name=name,
            block_public_access=BlockPublicAccess.BLOCK_ALL,
            encryption=BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            lifecycle_rules=list(lifecycle_rules(settings)),
            object_lock_default_retention=_retention(settings.object_lock),
            object_ownership=ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
            versioned=settings.keeps_versions,
        )
        if isinstance(self.bucket.policy, BucketPolicy):
            self.bucket.policy.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        acknowledge(self.bucket, "AwsSolutions-S1", UNLOGGED)


def _retention(lock: backup.ObjectLock | None) -> ObjectLockRetention | None:
    if lock is None:
        return None
    days = Duration.days(lock.days)
    if lock.mode == "compliance":
        return ObjectLockRetention.compliance(days)
    return ObjectLockRetention.governance(days)
