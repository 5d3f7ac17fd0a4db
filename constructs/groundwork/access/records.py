"""Where reviews, approvals and executions are kept."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk.aws_iam import AnyPrincipal, Effect, PolicyStatement
from aws_cdk.aws_s3 import (
    BlockPublicAccess,
    Bucket,
    BucketEncryption,
    LifecycleRule,
    ObjectLockRetention,
    ObjectOwnership,
)
from constructs import Construct

from groundwork.checks import acknowledge


class Records(Construct):
    """A bucket in which nothing is deleted and no version is lost, private and over TLS only.

    Object Lock keeps every version for its days; the bucket's policy denies deletions to everybody,
    also after that and with the permission to bypass the lock. Only whoever changes the bucket's
    policy first, which CloudTrail shows, gets past both.
    <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html>
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, days: int) -> None:
        super().__init__(scope, construct_id)
        self.bucket = Bucket(
            self,
            "bucket",
            bucket_name=name,
            block_public_access=BlockPublicAccess.BLOCK_ALL,
            encryption=BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            lifecycle_rules=[
                LifecycleRule(
                    id="delete-incomplete-uploads-after-7-days",
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                )
            ],
            object_lock_default_retention=ObjectLockRetention.governance(Duration.days(days)),
            object_ownership=ObjectOwnership.BUCKET_OWNER_ENFORCED,
            # Not where making it fails: a bucket left behind would be in the way of the next try.
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
            versioned=True,
        )
        self.bucket.add_to_resource_policy(
            PolicyStatement(
                sid="NothingIsDeleted",
                effect=Effect.DENY,
                principals=[AnyPrincipal()],
                actions=[
                    "s3:BypassGovernanceRetention",
                    "s3:DeleteObject",
                    "s3:DeleteObjectVersion",
                ],
                resources=[self.bucket.arn_for_objects("*")],
            )
        )
        if self.bucket.policy:
            self.bucket.policy.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        acknowledge(
            self.bucket,
            "AwsSolutions-S1",
            "The bucket is the log. Who read a record is a question for CloudTrail's data events, "
            "kept for the whole account in one place.",
        )
