"""How long a bucket keeps what is put into it."""

from __future__ import annotations

from collections.abc import Iterator

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3

from settings.models.backup import Bucket


def lifecycle_rules(declared: Bucket) -> Iterator[s3.LifecycleRule]:
    """Yield the rules of a bucket, each of which does one thing and is named after it.

    Expired delete markers cannot stand in a rule that counts days for objects, and CloudFormation
    refuses them in a rule of their own; beside the end of incomplete uploads they can stand.
    <https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html>
    """
    if days := declared.expire_after_days:
        yield s3.LifecycleRule(id=f"delete-after-{days}-days", expiration=Duration.days(days))
    if days := declared.noncurrent_expire_after_days:
        yield s3.LifecycleRule(
            id=f"delete-old-versions-after-{days}-days",
            noncurrent_version_expiration=Duration.days(days),
        )
    days = declared.abort_uploads_after_days
    yield s3.LifecycleRule(
        id=f"delete-incomplete-uploads-after-{days}-days",
        abort_incomplete_multipart_upload_after=Duration.days(days),
        expired_object_delete_marker=True,
    )
