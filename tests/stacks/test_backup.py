from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from aws_cdk.assertions import Template
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension


@pytest.fixture
def template(example_templates: dict[str, Template]) -> Template:
    return example_templates["backup-eu-west-2"]


def test_the_example_is_deployed_as_it_was_reviewed(
    template: Template, snapshot: SnapshotAssertion
) -> None:
    text = re.sub("[0-9a-f]{64}", "<hash of the function's code>", json.dumps(template.to_json()))
    assert json.loads(text) == snapshot(extension_class=JSONSnapshotExtension)


def test_the_wiki_pages_bucket_is_there_with_its_lifecycle(template: Template) -> None:
    expiry = {"Id": "delete-after-30-days", "ExpirationInDays": 30, "Status": "Enabled"}
    others = {
        "Id": "delete-incomplete-uploads-after-7-days",
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        "ExpiredObjectDeleteMarker": True,
        "Status": "Enabled",
    }
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "BucketName": "ocp-redmine-backup",
            "LifecycleConfiguration": {"Rules": [expiry, others]},
        },
    )


def test_buckets_are_in_the_stacks_of_their_region_and_part(
    templates: Callable[[str], dict[str, Template]],
) -> None:
    found = templates("""
backup:
  buckets:
    here: {}
    apart: {stack: apart}
    far: {region: eu-west-2}
""")
    assert {
        stack: [
            bucket["Properties"]["BucketName"]
            for bucket in template.find_resources("AWS::S3::Bucket").values()
        ]
        for stack, template in found.items()
    } == {
        "backup-us-east-1": ["here"],
        "backup-us-east-1-apart": ["apart"],
        "backup-eu-west-2": ["far"],
    }
