"""The deletion of a bucket that is not empty."""

from __future__ import annotations

from embedded.gaps._calls import accepted
from embedded.gaps._ministack import HANDLERS, Properties, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A bucket with objects is not deleted: the stack's deletion fails.",
    page="https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html",
    ministack="It deletes the bucket with all that is in it.",
    effect=Effect.STRICTER,
)

TYPE = "AWS::S3::Bucket"


def install() -> None:
    """Delete by the API's own function, which refuses."""
    HANDLERS[TYPE]["delete"] = _delete


def _delete(bucket: str, properties: Properties) -> None:
    s3 = service("s3")
    if bucket in s3._buckets:
        accepted(s3._delete_bucket(bucket), f"{TYPE} {bucket}: DeleteBucket")
