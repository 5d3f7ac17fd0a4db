"""The account's trail, in the access stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from tests.stacks.test_access import ACCESS, STACK

Templates = Callable[[str], dict[str, Template]]
BUCKETS = "backup: {buckets: {some-backup: {}}}\n"
COMMON = """
data:
  networks: {main: {cidr: 10.0.0.0/16, subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}}}
  security_groups: {office: {description: The office, postgresql_from: [203.0.113.0/24]}}
  databases:
    common:
      {engine: aurora-postgresql, capacity: {max: 1}, data_api: true, security_groups: [office]}
"""


@pytest.fixture
def template(templates: Templates) -> Template:
    return templates(f"{BUCKETS}{COMMON}{ACCESS}  trail: {{days: 30}}\n")[STACK]


def selectors(template: Template) -> dict[str, dict[str, Any]]:
    """Return the conditions of each selector by their fields."""
    (trail,) = template.find_resources("AWS::CloudTrail::Trail").values()
    return {
        each["Name"]: {field["Field"]: field for field in each["FieldSelectors"]}
        for each in trail["Properties"]["AdvancedEventSelectors"]
    }


def test_it_records_every_region_and_iam_and_signs_its_files(template: Template) -> None:
    template.has_resource_properties(
        "AWS::CloudTrail::Trail",
        {
            "TrailName": "groundwork",
            "IsLogging": True,
            "IsMultiRegionTrail": True,
            "IncludeGlobalServiceEvents": True,
            "EnableLogFileValidation": True,
        },
    )
    assert selectors(template)["management"]["eventCategory"]["Equals"] == ["Management"]


def test_its_files_are_locked_and_cloudtrail_alone_writes_them(template: Template) -> None:
    retention = {"Mode": "GOVERNANCE", "Days": 30}
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "BucketName": "groundwork-trail-123456789012-us-east-1",
            "ObjectLockConfiguration": Match.object_like({"Rule": {"DefaultRetention": retention}}),
        },
    )
    arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/groundwork"
    writes = Match.object_like(
        {
            "Sid": "CloudTrailWrites",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Condition": {"StringEquals": Match.object_like({"aws:SourceArn": arn})},
        }
    )
    denied = Match.object_like({"Sid": "NothingIsDeleted", "Effect": "Deny"})
    template.has_resource_properties(
        "AWS::S3::BucketPolicy",
        {"PolicyDocument": {"Statement": Match.array_with([denied, writes])}},
    )


def test_it_records_who_reads_what_holds_data(template: Template) -> None:
    found = selectors(template)
    assert found["objects"]["resources.ARN"]["StartsWith"] == [
        "arn:aws:s3:::some-backup/",
        "arn:aws:s3:::groundwork-records-123456789012-us-east-1/",
    ]
    assert found["sql"]["resources.type"]["Equals"] == ["AWS::RDS::DBCluster"]


def test_data_events_are_left_out_where_the_file_says_so(templates: Templates) -> None:
    declared = f"{BUCKETS}{COMMON}{ACCESS}  trail: {{data_events: false}}\n"
    assert list(selectors(templates(declared)[STACK])) == ["management"]


def test_there_is_no_trail_unasked(templates: Templates) -> None:
    templates(f"{BUCKETS}{ACCESS}")[STACK].resource_count_is("AWS::CloudTrail::Trail", 0)


def test_received_mail_is_recorded_by_how_its_buckets_name_begins(templates: Templates) -> None:
    mail = "mail: {domains: {example.org: {receives_mail: true}}}\n"
    found = templates(f"environment: production\n{mail}{ACCESS}  trail: {{}}\n")
    recorded = selectors(found[STACK])["objects"]["resources.ARN"]
    assert "arn:aws:s3:::production-mail-us-east-" in recorded["StartsWith"]
