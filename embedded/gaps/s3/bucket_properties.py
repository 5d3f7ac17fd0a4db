"""`AWS::S3::Bucket`: lifecycle, encryption, ownership, object lock, logging and tags.

ministack has the APIs for all of them and calls those for other properties; these join its list.
The requests are written by botocore itself, so they are exactly what an SDK would send.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.model import ServiceModel
from botocore.serialize import create_serializer
from botocore.session import get_session

from embedded.gaps._calls import accepted, true
from embedded.gaps._ministack import provisioners, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A bucket has what its template says; a lifecycle rule that S3 does not take fails it.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-s3-bucket.html"
    ),
    ministack="It drops these properties.",
    effect=Effect.CAPABLE,
)

TYPE = "AWS::S3::Bucket"
Converter = Callable[[Any], dict[str, Any]]


def install() -> None:
    """Add the missing properties to those that ministack applies at create and at update."""
    s3 = service("s3")
    added = tuple(
        (name, *_applied(operation, convert, getattr(s3, put)), remove)
        for name, operation, convert, put, remove in (
            ("LifecycleConfiguration", "PutBucketLifecycleConfiguration", _lifecycle,
             "_put_bucket_lifecycle", s3._delete_bucket_lifecycle),
            ("BucketEncryption", "PutBucketEncryption", _encryption,
             "_put_bucket_encryption", s3._delete_bucket_encryption),
            ("OwnershipControls", "PutBucketOwnershipControls", _ownership,
             "_put_bucket_ownership_controls", s3._delete_bucket_ownership_controls),
            ("ObjectLockConfiguration", "PutObjectLockConfiguration", _object_lock,
             "_put_object_lock_configuration", _keep),
            ("LoggingConfiguration", "PutBucketLogging", _logging,
             "_put_bucket_logging", lambda bucket: s3._bucket_logging_config.pop(bucket, None)),
        )
    )  # fmt: skip
    tags = ("Tags", _tags, s3._bucket_tags.__setitem__, s3._delete_bucket_tagging)
    provisioners._S3_BUCKET_CONFIGURATIONS += (*added, tags)
    provisioners._STACK_TAG_PROPERTY[TYPE] = ("Tags", "list")


def _keep(bucket: str) -> None:
    """Object lock cannot be taken off a bucket."""


def _applied(operation: str, convert: Converter, put: Any) -> tuple[Any, Any]:
    """How to make the request's body of a property, and how to apply it or fail the resource."""

    def body(properties: Any) -> bytes:
        return _serialize(operation, convert(properties))

    def apply(bucket: str, request: bytes) -> None:
        accepted(put(bucket, request), f"{TYPE} {bucket}: {operation}")

    return body, apply


def _serialize(operation: str, parameters: dict[str, Any]) -> bytes:
    model = _model().operation_model(operation)
    serializer = create_serializer("rest-xml", include_validation=False)
    body = serializer.serialize_to_request({"Bucket": "any", **parameters}, model)["body"]
    return body if isinstance(body, bytes) else str(body).encode()


@cache
def _model() -> ServiceModel:
    """The description of S3, which takes a tenth of a second to read."""
    return get_session().get_service_model("s3")


def _tags(tags: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _encryption(properties: Any) -> dict[str, Any]:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
            "BucketKeyEnabled": true(rule.get("BucketKeyEnabled", False)),
        }
        for rule in properties["ServerSideEncryptionConfiguration"]
    ]
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


def _ownership(properties: Any) -> dict[str, Any]:
    return {"OwnershipControls": properties}


def _object_lock(properties: Any) -> dict[str, Any]:
    return {"ObjectLockConfiguration": properties}


def _logging(properties: Any) -> dict[str, Any]:
    target = properties.get("DestinationBucketName")
    enabled = {"TargetBucket": target, "TargetPrefix": properties.get("LogFilePrefix", "")}
    return {"BucketLoggingStatus": {"LoggingEnabled": enabled} if target else {}}


def _lifecycle(properties: Any) -> dict[str, Any]:
    return {"LifecycleConfiguration": {"Rules": [_rule(rule) for rule in properties["Rules"]]}}


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule as S3 takes it: templates flatten what the API nests."""
    converted: dict[str, Any] = {"Status": rule["Status"], "Filter": _filter(rule)}
    for name, other in (("Id", "ID"), ("AbortIncompleteMultipartUpload",) * 2):
        if name in rule:
            converted[other] = rule[name]
    if expiration := _expiration(rule):
        converted["Expiration"] = expiration
    if "NoncurrentVersionExpiration" in rule:
        converted["NoncurrentVersionExpiration"] = rule["NoncurrentVersionExpiration"]
    if "Transitions" in rule:
        converted["Transitions"] = [
            {"Days": t["TransitionInDays"], "StorageClass": t["StorageClass"]}
            for t in rule["Transitions"]
        ]
    return converted


def _expiration(rule: dict[str, Any]) -> dict[str, Any]:
    marker = true(rule.get("ExpiredObjectDeleteMarker", False))
    if marker and ("ExpirationInDays" in rule or "ExpirationDate" in rule):
        # S3 refuses it, ministack does not; the mistake is a common one.
        raise ValueError("ExpiredObjectDeleteMarker cannot be specified with Days or Date")
    if marker:
        return {"ExpiredObjectDeleteMarker": True}
    return {"Days": rule["ExpirationInDays"]} if "ExpirationInDays" in rule else {}


def _filter(rule: dict[str, Any]) -> dict[str, Any]:
    prefix, tags = rule.get("Prefix", ""), rule.get("TagFilters", [])
    if not tags:
        return {"Prefix": prefix}
    return {"And": {"Prefix": prefix, "Tags": tags}}
