"""A bucket that nobody outside the account reads."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from groundwork.checks import acknowledge


class PrivateBucket(s3.Bucket):
    """A bucket without public access or ACLs, reached over TLS only and encrypted at rest.

    Taking it out of the file keeps it, and keeps the policy that refuses plain http: CloudFormation
    deletes a bucket's policy even where the bucket itself stays (aws-cdk#25754). Only a deployment
    that fails while it makes the bucket takes both back, so that the next one can make them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        unlogged: str,
        lifecycle_rules: Sequence[s3.LifecycleRule],
        name: str | None = None,
        retention: s3.ObjectLockRetention | None = None,
        versioned: bool = False,
    ) -> None:
        """`unlogged` is why nobody logs who reads it."""
        super().__init__(
            scope,
            construct_id,
            bucket_name=name,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            lifecycle_rules=[*lifecycle_rules],
            object_lock_default_retention=retention,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
            versioned=versioned,
        )
        if self.policy:
            self.policy.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        acknowledge(self, "AwsSolutions-S1", unlogged)

    def deny_deletion(self) -> None:
        """Let nobody delete an object or get past its lock, but for who changes this policy first.

        <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html>
        """
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="NothingIsDeleted",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=[
                    "s3:BypassGovernanceRetention",
                    "s3:DeleteObject",
                    "s3:DeleteObjectVersion",
                ],
                resources=[self.arn_for_objects("*")],
            )
        )
