from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from settings import ConfigurationError, parse

CONFIGURATION = """
backup:
  buckets:
    plain: {}
    expiring: {expire_after_days: 30, abort_uploads_after_days: 5}
    versioned: {expire_after_days: 10, versioned: true, noncurrent_expire_after_days: 4}
    governed: {object_lock: {days: 7}}
    compliant: {object_lock: {days: 9, mode: compliance}}
"""


@pytest.fixture
def template(templates: Callable[[str], dict[str, Template]]) -> Template:
    return templates(CONFIGURATION)["backup-us-east-1"]


def bucket(template: Template, name: str) -> dict[str, Any]:
    found = template.find_resources("AWS::S3::Bucket", {"Properties": {"BucketName": name}})
    (resource,) = found.values()
    return dict(resource)


def rules(template: Template, name: str) -> list[dict[str, Any]]:
    lifecycle: dict[str, Any] = bucket(template, name)["Properties"]["LifecycleConfiguration"]
    return [{k: v for k, v in r.items() if k != "Status"} for r in lifecycle["Rules"]]


def test_a_bucket_is_private_encrypted_and_without_access_lists(template: Template) -> None:
    properties = bucket(template, "plain")["Properties"]
    assert properties["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (encryption,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}


def test_a_bucket_has_tags_of_its_own_over_those_of_the_file(
    templates: Callable[[str], dict[str, Template]],
) -> None:
    declared = "{aaa: {}, bbb: {tags: {owner: ann, team: theirs}}}"
    made = templates(f"tags: {{team: ours}}\nbackup: {{buckets: {declared}}}")
    found = {
        name: {tag["Key"]: tag["Value"] for tag in bucket(template, name)["Properties"]["Tags"]}
        for template in made.values()
        for name in ("aaa", "bbb")
    }
    assert found == {"aaa": {"team": "ours"}, "bbb": {"owner": "ann", "team": "theirs"}}


def test_every_bucket_and_its_refusal_of_plain_http_outlive_the_stack(template: Template) -> None:
    kept = Match.object_like(
        {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
    )
    for resource_type in ("AWS::S3::Bucket", "AWS::S3::BucketPolicy"):
        template.resource_count_is(resource_type, 5)
        template.all_resources(resource_type, kept)
    statement = {
        "Action": "s3:*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Resource": Match.any_value(),
    }
    template.all_resources_properties(
        "AWS::S3::BucketPolicy",
        {"PolicyDocument": {"Statement": [statement], "Version": "2012-10-17"}},
    )


def test_nothing_expires_unless_the_file_says_so(template: Template) -> None:
    assert rules(template, "plain") == [
        {
            "Id": "delete-incomplete-uploads-after-7-days",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            "ExpiredObjectDeleteMarker": True,
        }
    ]


def test_all_objects_expire_and_uploads_and_markers_go_in_a_rule_of_their_own(
    template: Template,
) -> None:
    assert rules(template, "expiring") == [
        {"Id": "delete-after-30-days", "ExpirationInDays": 30},
        {
            "Id": "delete-incomplete-uploads-after-5-days",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 5},
            "ExpiredObjectDeleteMarker": True,
        },
    ]


def test_old_versions_expire_by_a_rule_of_their_own(template: Template) -> None:
    assert rules(template, "versioned")[1] == {
        "Id": "delete-old-versions-after-4-days",
        "NoncurrentVersionExpiration": {"NoncurrentDays": 4},
    }
    versioning = bucket(template, "versioned")["Properties"]["VersioningConfiguration"]
    assert versioning == {"Status": "Enabled"}
    assert "VersioningConfiguration" not in bucket(template, "plain")["Properties"]


@pytest.mark.parametrize(
    ("name", "mode", "days"), [("governed", "GOVERNANCE", 7), ("compliant", "COMPLIANCE", 9)]
)
def test_object_lock_keeps_versions_for_its_days(
    template: Template, name: str, mode: str, days: int
) -> None:
    properties = bucket(template, name)["Properties"]
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert properties["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": mode, "Days": days}},
    }


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("{users: {u: {tool: restic, append_only: true}}}", "only versions keep what it held"),
        ("{versioned: true, expire_after_days: 9}", "requires noncurrent_expire_after_days"),
        ("{noncurrent_expire_after_days: 9}", "requires versioned: true"),
        (
            "{expire_after_days: 9, users: {u: {tool: pgbackrest, prefix: p}}}",
            "expires its own backups",
        ),
    ],
)
def test_a_lifecycle_that_fits_neither_tool_nor_versions_is_refused(item: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        parse(f'account: "123456789012"\nbackup: {{buckets: {{ocp: {item}}}}}\n')
