"""Where reviews, approvals and executions are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from groundwork.access.permissions import CALLER
from groundwork.kit import PrivateBucket

UNLOGGED = (
    "The bucket is the log. Who read a record is a question for CloudTrail's data events, kept for "
    "the whole account in one place."
)
INCOMPLETE_UPLOADS = s3.LifecycleRule(
    id="delete-incomplete-uploads-after-7-days",
    abort_incomplete_multipart_upload_after=Duration.days(7),
)


class RecordsBucket(Construct):
    """A bucket in which nothing is deleted or written over, private and over TLS only.

    Everybody writes below a path of their own, an administrator too: who prepared and who approved
    a change is where its record stands. A name is written once.
    <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html>

    Object Lock keeps every version for its days; the bucket's policy denies deletions to everybody,
    also after that and with the permission to bypass the lock. Only whoever changes the bucket's
    policy first, which CloudTrail shows, gets past both.
    <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html>
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, days: int) -> None:
        super().__init__(scope, construct_id)
        self.bucket = PrivateBucket(
            self,
            "bucket",
            name=name,
            unlogged=UNLOGGED,
            lifecycle_rules=[INCOMPLETE_UPLOADS],
            retention=s3.ObjectLockRetention.governance(Duration.days(days)),
            versioned=True,
        )
        self.bucket.deny_deletion()
        self._deny_writing(
            "EverybodyBelowTheirOwnPath",
            not_resources=[
                self.bucket.arn_for_objects(f"reviews/{CALLER}/*"),
                self.bucket.arn_for_objects(f"approvals/{CALLER}/*"),
                self.bucket.arn_for_objects("executions/*"),
                self.bucket.arn_for_objects("locks/*"),
            ],
        )
        self._deny_writing(
            "NothingIsWrittenOver",
            resources=[self.bucket.arn_for_objects("*")],
            conditions={"Null": {"s3:if-none-match": "true"}},
        )

    def _deny_writing(
        self,
        sid: str,
        *,
        resources: Sequence[str] = (),
        not_resources: Sequence[str] = (),
        conditions: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:PutObject"],
                resources=[*resources] or None,
                not_resources=[*not_resources] or None,
                conditions=conditions,
            )
        )
