"""Who may do what with an upload in parts, and with tags."""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import Any

from embedded.gaps._ministack import Response, iam_actions, iam_evaluator, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "Who started an upload in parts may list these and abort it, unless a policy denies it. An "
        "object that comes with tags needs `s3:PutObjectTagging` as well."
    ),
    page="https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions",
    ministack="It requires a policy that allows both, and none for tags.",
    effect=Effect.STRICTER,
)
INITIATORS_OWN = ("s3:ListMultipartUploadParts", "s3:AbortMultipartUpload")
UPLOAD: ContextVar[str] = ContextVar("upload", default="")


def install() -> None:
    """Keep who started an upload, and let enforcement know it; ask for what tags need."""
    s3 = service("s3")
    s3._create_multipart_upload = _keeping(s3._create_multipart_upload)
    iam_evaluator.enforce = _asking(iam_evaluator.enforce)
    extract, additional = iam_actions.extract_iam_action, iam_actions.s3_additional_checks

    def extract_iam_action(
        name: str, method: str, path: str, headers: Any, body: bytes, query: Any
    ) -> Any:
        UPLOAD.set((query.get("uploadId") or [""])[0])
        return extract(name, method, path, headers, body, query)

    def s3_additional_checks(method: str, path: str, headers: Any, *rest: Any) -> Any:
        checks = additional(method, path, headers, *rest)
        if method in ("PUT", "POST") and headers.get("x-amz-tagging"):
            checks = [*checks, ("s3:PutObjectTagging", f"arn:aws:s3:::{path.lstrip('/')}")]
        return checks

    iam_actions.extract_iam_action = extract_iam_action
    iam_actions.s3_additional_checks = s3_additional_checks


def _keeping(create: Any) -> Any:
    def create_multipart_upload(bucket: str, key: str, headers: Any) -> Response:
        response: Response = create(bucket, key, headers)
        made = re.search(rb"<UploadId>([^<]+)</UploadId>", response[2])
        if made:
            upload = service("s3")._multipart_uploads[made[1].decode()]
            upload["initiator"] = iam_evaluator._request_caller_arn.get()
        return response

    return create_multipart_upload


def _asking(judge: Any) -> Any:
    def enforce(key: str, action: str, *given: Any, **options: Any) -> Any:
        denied = judge(key, action, *given, **options)
        if action not in INITIATORS_OWN or getattr(denied, "decision", "") != "ImplicitDeny":
            return denied
        upload = service("s3")._multipart_uploads.get(UPLOAD.get()) or {}
        return None if upload.get("initiator") == denied.principal_arn else denied

    return enforce
