"""What a user may do with objects, versions, parts and tags."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.gaps.templates import document


def s3_of(where: Any, name: str, *actions: str) -> Any:
    """The S3 of a user who may do these on every object, in a versioned bucket of its name."""
    bucket, iam = where.client("s3"), where.client("iam")
    bucket.create_bucket(Bucket=name)
    bucket.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    iam.create_user(UserName=name)
    allowed = {"Effect": "Allow", "Action": [*actions], "Resource": f"arn:aws:s3:::{name}/*"}
    iam.put_user_policy(
        UserName=name, PolicyName="s3", PolicyDocument=json.dumps(document(allowed))
    )
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return where.client(
        "s3",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )


class TestBatchDeletions:
    def delete(self, where: Any, name: str, action: str) -> tuple[list[str], list[str]]:
        """The keys that were deleted and that were denied, of a version and of an object."""
        s3 = s3_of(where, name, action)
        version = where.client("s3").put_object(Bucket=name, Key="version", Body=b"1")["VersionId"]
        where.client("s3").put_object(Bucket=name, Key="object", Body=b"1")
        objects = [{"Key": "version", "VersionId": version}, {"Key": "object"}]
        found = s3.delete_objects(Bucket=name, Delete={"Objects": objects})
        denied = found.get("Errors", [])
        assert {error["Code"] for error in denied} <= {"AccessDenied"}
        return [one["Key"] for one in found.get("Deleted", [])], [one["Key"] for one in denied]

    def test_each_object_and_each_version_is_judged_by_itself(self, aws: Any) -> None:
        assert self.delete(aws, "deletes-objects", "s3:DeleteObject") == (["object"], ["version"])
        versions = self.delete(aws, "deletes-versions", "s3:DeleteObjectVersion")
        assert versions == (["version"], ["object"])
        kept = aws.client("s3").list_object_versions(Bucket="deletes-objects", Prefix="version")
        assert len(kept["Versions"]) == 1

    def test_ministack_still_refuses_all_or_nothing(self, pristine: Any) -> None:
        with pytest.raises(ClientError, match="AccessDenied"):
            self.delete(pristine, "deletes-versions", "s3:DeleteObjectVersion")


class TestUploads:
    def test_who_started_an_upload_lists_and_aborts_it(self, aws: Any, pristine: Any) -> None:
        s3 = s3_of(aws, "uploads", "s3:PutObject")
        named = {"Bucket": "uploads", "Key": "large"}
        for call in (s3.list_parts, s3.abort_multipart_upload):
            own = s3.create_multipart_upload(**named)["UploadId"]
            call(**named, UploadId=own)
            other = aws.client("s3").create_multipart_upload(**named)["UploadId"]
            with pytest.raises(ClientError, match="AccessDenied"):
                call(**named, UploadId=other)
        s3 = s3_of(pristine, "uploads", "s3:PutObject")
        own = s3.create_multipart_upload(**named)["UploadId"]
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.list_parts(**named, UploadId=own)

    def test_a_policy_may_deny_it(self, aws: Any) -> None:
        s3 = s3_of(aws, "denied-uploads", "s3:PutObject")
        deny = {"Effect": "Deny", "Action": "s3:AbortMultipartUpload", "Resource": "*"}
        aws.client("iam").put_user_policy(
            UserName="denied-uploads", PolicyName="no", PolicyDocument=json.dumps(document(deny))
        )
        named = {"Bucket": "denied-uploads", "Key": "large"}
        own = s3.create_multipart_upload(**named)["UploadId"]
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.abort_multipart_upload(**named, UploadId=own)

    def test_tags_need_a_permission_of_their_own(self, aws: Any, pristine: Any) -> None:
        tagged = {"Bucket": "tagged", "Key": "key", "Body": b"1", "Tagging": "a=b"}
        with pytest.raises(ClientError, match="AccessDenied"):
            s3_of(aws, "tagged", "s3:PutObject").put_object(**tagged)
        s3_of(aws, "taggable", "s3:PutObject", "s3:PutObjectTagging").put_object(
            **{**tagged, "Bucket": "taggable"}
        )
        s3_of(pristine, "tagged", "s3:PutObject").put_object(**tagged)
