"""The record of what is done in the account, by whomever and by whatever way."""

from __future__ import annotations

from collections.abc import Iterator

from aws_cdk import Duration
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from groundwork.access.records import INCOMPLETE_UPLOADS
from groundwork.kit import PrivateBucket, arn_in_stack
from settings.plan.access import TrailItem

UNLOGGED = "The bucket is the log. Reads of it are management's to look for, in another trail."
Selector = cloudtrail.CfnTrail.AdvancedEventSelectorProperty
Field = cloudtrail.CfnTrail.AdvancedFieldSelectorProperty


class Trail(Construct):
    """A trail of every region and of IAM, whose files are signed, and cannot be deleted for a time.

    CloudTrail writes digests of its files, and signs them: what is missing or was changed is found
    by `aws cloudtrail validate-logs`. Object Lock keeps every file for its days, and the bucket's
    policy lets nobody delete one, nor get past the lock.
    <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html>
    <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html>
    """

    def __init__(self, scope: Construct, construct_id: str, *, item: TrailItem) -> None:
        super().__init__(scope, construct_id)
        self.arn = arn_in_stack(self, "cloudtrail", f"trail/{item.trail}")
        self.bucket = PrivateBucket(
            self,
            "bucket",
            name=item.bucket,
            unlogged=UNLOGGED,
            lifecycle_rules=[INCOMPLETE_UPLOADS],
            retention=s3.ObjectLockRetention.governance(Duration.days(item.declared.days)),
            versioned=True,
        )
        self.bucket.deny_deletion()
        self._let_write()
        self.trail = cloudtrail.CfnTrail(
            self,
            "trail",
            trail_name=item.trail,
            s3_bucket_name=self.bucket.bucket_name,
            is_logging=True,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            advanced_event_selectors=[*_selectors(item)],
        )
        if self.bucket.policy:
            self.trail.node.add_dependency(self.bucket.policy)

    def _let_write(self) -> None:
        """Let CloudTrail write for this trail alone.

        <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html>
        """
        service = iam.ServicePrincipal("cloudtrail.amazonaws.com")
        of_trail = {"aws:SourceArn": self.arn}
        below = f"AWSLogs/{self.bucket.stack.account}/*"
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudTrailLooks",
                principals=[service],
                actions=["s3:GetBucketAcl"],
                resources=[self.bucket.bucket_arn],
                conditions={"StringEquals": of_trail},
            )
        )
        owned = {"s3:x-amz-acl": "bucket-owner-full-control"}
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudTrailWrites",
                principals=[service],
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects(below)],
                conditions={"StringEquals": {**of_trail, **owned}},
            )
        )


def _selectors(item: TrailItem) -> Iterator[Selector]:
    """Yield what is recorded: every call that manages anything; and calls for data, where asked.

    Nothing of the trail's own bucket: each file would be an event of the next.
    <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html>
    """
    yield Selector(
        name="management", field_selectors=[Field(field="eventCategory", equal_to=["Management"])]
    )
    if item.buckets:
        objects = [f"arn:aws:s3:::{name}/" for name in item.buckets]
        objects += [f"arn:aws:s3:::{beginning}" for beginning in item.received]
        yield Selector(
            name="objects",
            field_selectors=[
                Field(field="eventCategory", equal_to=["Data"]),
                Field(field="resources.type", equal_to=["AWS::S3::Object"]),
                Field(field="resources.ARN", starts_with=objects),
            ],
        )
    if item.data_api:
        yield Selector(
            name="sql",
            field_selectors=[
                Field(field="eventCategory", equal_to=["Data"]),
                Field(field="resources.type", equal_to=["AWS::RDS::DBCluster"]),
            ],
        )
