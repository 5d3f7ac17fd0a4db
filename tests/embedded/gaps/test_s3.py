"""What a bucket keeps of its template."""

from typing import Any, ClassVar

import pytest

from tests.embedded.gaps.templates import ref


class TestBuckets:
    BUCKET: ClassVar[dict[str, Any]] = {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "BucketName": "a-backup-bucket",
            "VersioningConfiguration": {"Status": "Enabled"},
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "delete-after-30-days",
                        "Status": "Enabled",
                        "ExpirationInDays": 30,
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
                    }
                ]
            },
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {
                        "BucketKeyEnabled": True,
                        "ServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": "alias/aws/s3",
                        },
                    }
                ]
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
            "ObjectLockEnabled": True,
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}},
            },
            "Tags": [{"Key": "team", "Value": "platform"}],
        },
    }

    def test_its_properties_are_read_back(self, aws: Any) -> None:
        aws.deploy("bucket", {"Bucket": self.BUCKET})
        s3, named = aws.client("s3"), {"Bucket": "a-backup-bucket"}
        (rule,) = s3.get_bucket_lifecycle_configuration(**named)["Rules"]
        assert rule["Expiration"] == {"Days": 30}
        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
        assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
        encryption = s3.get_bucket_encryption(**named)["ServerSideEncryptionConfiguration"]
        default = encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        assert default == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/aws/s3"}
        ownership = s3.get_bucket_ownership_controls(**named)["OwnershipControls"]
        assert ownership["Rules"] == [{"ObjectOwnership": "ObjectWriter"}]
        lock = s3.get_object_lock_configuration(**named)["ObjectLockConfiguration"]
        assert lock["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": 3}
        tags = s3.get_bucket_tagging(**named)["TagSet"]
        assert {"Key": "team", "Value": "platform"} in tags
        assert {"Key": "aws:cloudformation:stack-name", "Value": "bucket"} in tags

    def test_a_write_that_names_kms_takes_the_accounts_key(self, aws: Any, pristine: Any) -> None:
        given = {"Bucket": "kms-bucket", "Key": "key", "ServerSideEncryption": "aws:kms"}
        for where in (aws, pristine):
            where.client("s3").create_bucket(Bucket="kms-bucket")
        written = aws.client("s3").put_object(**given)
        assert written["SSEKMSKeyId"].endswith(":alias/aws/s3")
        with pytest.raises(Exception, match="requires a key id"):
            pristine.client("s3").put_object(**given)

    def test_a_lifecycle_that_is_dropped_is_gone(self, aws: Any) -> None:
        rules = self.BUCKET["Properties"]["LifecycleConfiguration"]
        bucket: dict[str, Any] = {
            "Type": "AWS::S3::Bucket",
            "Properties": {"BucketName": "b-backup-bucket", "LifecycleConfiguration": rules},
        }
        aws.deploy("dropping", {"Bucket": bucket})
        del bucket["Properties"]["LifecycleConfiguration"]
        aws.deploy("dropping", {"Bucket": bucket})
        s3 = aws.client("s3")
        with pytest.raises(s3.exceptions.ClientError, match="NoSuchLifecycleConfiguration"):
            s3.get_bucket_lifecycle_configuration(Bucket="b-backup-bucket")

    def test_a_marker_rule_with_days_fails_as_on_aws(self, aws: Any) -> None:
        rule = {"Status": "Enabled", "ExpirationInDays": 1, "ExpiredObjectDeleteMarker": True}
        bucket = {
            "Type": "AWS::S3::Bucket",
            "Properties": {"LifecycleConfiguration": {"Rules": [rule]}},
        }
        with pytest.raises(Exception, match="ExpiredObjectDeleteMarker cannot be specified"):
            aws.deploy("marker", {"Bucket": bucket})

    def test_ministack_still_drops_them(self, pristine: Any) -> None:
        pristine.deploy("bucket", {"Bucket": self.BUCKET})
        s3, named = pristine.client("s3"), {"Bucket": "a-backup-bucket"}
        for lost in ("lifecycle_configuration", "tagging"):
            with pytest.raises(s3.exceptions.ClientError, match="NoSuch"):
                getattr(s3, f"get_bucket_{lost}")(**named)
        with pytest.raises(s3.exceptions.ClientError, match="ObjectLockConfigurationNotFound"):
            s3.get_object_lock_configuration(**named)
        ownership = s3.get_bucket_ownership_controls(**named)["OwnershipControls"]
        assert ownership["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]


class TestDeletion:
    def deleted(self, where: Any) -> str:
        where.deploy("full", {"Bucket": {"Type": "AWS::S3::Bucket"}}, Bucket=ref("Bucket"))
        (bucket,) = where.client("cloudformation").list_stack_resources(StackName="full")[
            "StackResourceSummaries"
        ]
        where.client("s3").put_object(Bucket=bucket["PhysicalResourceId"], Key="key")
        return str(where.delete("full"))

    def test_a_bucket_with_objects_is_not_deleted(self, aws: Any) -> None:
        assert self.deleted(aws) == "DELETE_FAILED"

    def test_ministack_still_deletes_it(self, pristine: Any) -> None:
        assert self.deleted(pristine) == "DELETE_COMPLETE"
