"""Writes that name KMS without a key, as the CDK CLI does with its assets."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import account, region, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="An object written with `aws:kms` and no key is encrypted with the account's key `aws/s3`.",
    page="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
    ministack="It requires a key.",
    effect=Effect.CAPABLE,
)


def install() -> None:
    """Take the account's key `aws/s3` where a write names none."""
    s3 = service("s3")
    pristine = s3._resolve_sse_write_headers

    def resolve(headers: dict[str, str], bucket: str) -> Any:
        if headers.get("x-amz-server-side-encryption") == "aws:kms":
            key = f"arn:aws:kms:{region()}:{account()}:alias/aws/s3"
            headers = {"x-amz-server-side-encryption-aws-kms-key-id": key, **headers}
        return pristine(headers, bucket)

    s3._resolve_sse_write_headers = resolve
